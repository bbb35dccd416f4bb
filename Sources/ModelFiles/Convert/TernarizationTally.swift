/// Adds up what making tensors ternary does to their weights, role by role.
///
/// Sums are made by row, in Double, and added in order, so that the loop's threads do not matter.
struct TernarizationTally {
  private struct Sums: Sendable {
    var tensors = 0
    /// Σ(w − t·g)².
    var error = 0.0
    /// Σw².
    var square = 0.0
    var zeros = 0
    var weights = 0

    static func += (one: inout Sums, other: Sums) {
      one.tensors += other.tensors
      one.error += other.error
      one.square += other.square
      one.zeros += other.zeros
      one.weights += other.weights
    }
  }

  /// In the order in which roles come.
  private var roles: [(name: String, sums: Sums)] = []

  /// The errors so far.
  var errors: [TernarizationError] {
    roles.map { role, sums in
      TernarizationError(
        role: role, tensors: sums.tensors, relativeError: sums.square > 0 ? (sums.error / sums.square).squareRoot() : 0,
        zeroShare: sums.weights > 0 ? Double(sums.zeros) / Double(sums.weights) : 0)
    }
  }

  /// Compares a matrix with what became of it.
  ///
  /// - Parameter scale: what the file will say that a weight of 1 is worth.
  mutating func add(
    _ role: String, _ matrix: StoredMatrix, _ ternary: TernaryTensor, scale: Float, forEachRow: RowLoop
  ) {
    let (columns, scale) = (matrix.columns, Double(scale))
    let rows = matrix.perRow(Sums(), forEachRow: forEachRow) { row in
      withUnsafeTemporaryAllocation(of: Int8.self, capacity: columns) { t in
        _ = ternary.readRow(row, into: t.baseAddress!)
        return matrix.withRow(row) { w in
          var sums = Sums(weights: columns)
          for i in 0..<columns {
            let (weight, own) = (Double(w[i]), Double(t[i]))
            let difference = weight - own * scale
            sums.error += difference * difference
            sums.square += weight * weight
            if t[i] == 0 { sums.zeros += 1 }
          }
          return sums
        }
      }
    }
    let place =
      roles.firstIndex { $0.name == role }
      ?? {
        roles.append((role, Sums()))
        return roles.count - 1
      }()
    roles[place].sums.tensors += 1
    for row in rows { roles[place].sums += row }
  }
}
