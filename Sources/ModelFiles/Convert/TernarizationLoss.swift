/// What making weights ternary lost of them, by what they are for: measured while a file is written, against the numbers
/// that stand in the file.
public struct TernarizationLoss: Sendable, Equatable {
  /// Tensors for one purpose, of all layers.
  public struct Role: Sendable, Equatable {
    /// What GGUF calls the tensor within its layer: "attn_q".
    public let name: String
    /// The number of tensors.
    public internal(set) var tensors = 0
    /// The number of weights.
    public internal(set) var weights = 0
    /// How many of them became 0.
    public internal(set) var zeros = 0
    /// Σ (W − t·g)².
    public internal(set) var squaredError = 0.0
    /// Σ W².
    public internal(set) var squaredNorm = 0.0

    /// ‖W − t·g‖ / ‖W‖; nil where all weights are 0.
    public var relativeError: Double? {
      squaredNorm > 0 ? (squaredError / squaredNorm).squareRoot() : nil
    }

    /// The share of weights that became 0.
    public var zeroShare: Double { weights == 0 ? 0 : Double(zeros) / Double(weights) }
  }

  /// In the order in which a layer uses them.
  public private(set) var roles: [Role] = []

  /// Nothing lost yet.
  public init() {}

  /// All of them together; the name is "all".
  public var total: Role {
    roles.reduce(into: Role(name: "all")) { total, role in
      total.tensors += role.tensors
      total.weights += role.weights
      total.zeros += role.zeros
      total.squaredError += role.squaredError
      total.squaredNorm += role.squaredNorm
    }
  }

  /// Takes in one tensor.
  public mutating func add(_ meter: TernarizationMeter, role name: String) {
    let place =
      roles.firstIndex { $0.name == name }
      ?? {
        roles.append(Role(name: name))
        return roles.count - 1
      }()
    let sums = meter.sums
    roles[place].tensors += 1
    roles[place].weights += meter.rows * meter.columns
    roles[place].zeros += sums.zeros
    roles[place].squaredError += sums.squaredError
    roles[place].squaredNorm += sums.squaredNorm
  }
}

/// Measures one tensor while threads make its rows ternary: each row has sums of its own, which are added in order, so
/// that the result does not depend on the threads.
public final class TernarizationMeter: @unchecked Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  private let sumsOfRows: UnsafeMutableBufferPointer<Sums>

  struct Sums {
    var zeros = 0
    var squaredError = 0.0
    var squaredNorm = 0.0
  }

  /// Prepares for a tensor.
  public init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    sumsOfRows = .allocate(capacity: rows)
    sumsOfRows.initialize(repeating: Sums())
  }

  deinit { sumsOfRows.deallocate() }

  /// Compares one row with what stands for it, t·g.
  ///
  /// - Parameter scale: g as the file has it.
  public func measure(
    row: Int, floats: UnsafePointer<Float>, ternary: UnsafePointer<Int8>, scale: Float
  ) {
    var sums = Sums()
    for column in 0..<columns {
      let (weight, kept) = (Double(floats[column]), Double(ternary[column]) * Double(scale))
      sums.squaredError += (weight - kept) * (weight - kept)
      sums.squaredNorm += weight * weight
      sums.zeros += ternary[column] == 0 ? 1 : 0
    }
    sumsOfRows[row] = sums
  }

  /// Of all rows, once all threads are done.
  var sums: Sums {
    sumsOfRows.reduce(into: Sums()) { total, row in
      total.zeros += row.zeros
      total.squaredError += row.squaredError
      total.squaredNorm += row.squaredNorm
    }
  }
}
