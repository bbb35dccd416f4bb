import Kernels

/// How dense weights are made ternary after training: an experiment, as a model that was not trained for it does not
/// survive it.
public enum Ternarization: String, Sendable, CaseIterable {
  /// With the mean magnitude g of the whole tensor: t = clamp(rint(W / g), -1, 1), which leaves zeros up to g / 2
  /// (arXiv:2402.17764).
  case absmean
}

/// What is said of dense weights where ternary ones belong.
enum DenseWeights {
  static let refusal =
    "this is no ternary model: it runs dense, as it is, and tern convert --ternarize absmean makes a ternary one of it, "
    + "an experiment that ruins the text"
}

extension StoredMatrix {
  /// The same weights made ternary, row by row as they are read.
  ///
  /// - Parameter forEachRow: reads all of them for the scale.
  /// - Throws: `ModelFileError` when a weight is not finite.
  public func ternarised(_ how: Ternarization, forEachRow: RowLoop) throws -> TernaryTensor {
    switch how {
    case .absmean:
      let mean = try meanMagnitude(forEachRow: forEachRow)
      return TernaryTensor(rows: rows, columns: columns, scale: mean, storage: .masters(self, mean: mean))
    }
  }
}
