import Kernels

/// Which kernel multiplies which ternary matrix of a layer, one vector at a time and in batches.
///
/// A model is packed once for a plan; any plan that wants the same packings can run it.
public struct KernelPlan: Sendable, Hashable {
  /// The kernels of one matrix; both read the same packing.
  public struct Choice: Sendable, Hashable {
    /// Multiplies one vector, and up to `batchFrom - 1` of them at once.
    public let single: Kernel
    /// Multiplies `batchFrom` vectors and more.
    public let batch: Kernel
    /// The fewest vectors that `batch` gets; at least 2.
    public let batchFrom: Int

    /// Makes a choice; nil when the two kernels read different packings.
    public init?(single: Kernel, batch: Kernel, batchFrom: Int) {
      guard single.packing == batch.packing else { return nil }
      self.single = single
      self.batch = batch
      self.batchFrom = max(2, batchFrom)
    }

    init(_ kernel: Kernel) {
      (single, batch, batchFrom) = (kernel, kernel, 2)
    }

    /// How the weights lie.
    public var packing: Packing { single.packing }

    /// The most bytes that any number of vectors up to `vectors` take together once they are prepared.
    func preparedBytesMax(columns: Int, vectors: Int) -> Int {
      let single = single.preparedBytesMax(columns: columns, vectors: min(vectors, batchFrom - 1))
      return vectors < batchFrom ? single : max(single, batch.preparedBytesMax(columns: columns, vectors: vectors))
    }

    /// The kernel for so many vectors at once.
    public func kernel(vectors: Int) -> Kernel { vectors < batchFrom ? single : batch }
  }

  /// What stands in records and on command lines: a kernel's id, or "auto".
  public let name: String
  /// What multiplies matrices that are not ternary; nil where they are.
  public let dense: DenseKernel?
  /// In the order of `TransformerShape.Role`; none where no matrix is ternary.
  private let choices: [Choice]

  /// One kernel for everything.
  public init(_ kernel: Kernel) {
    name = kernel.id
    dense = nil
    choices = TransformerShape.Role.allCases.map { _ in Choice(kernel) }
  }

  /// No kernel for ternary weights, as there are none: `dense` multiplies all matrices.
  public init(dense: DenseKernel) {
    name = dense.id
    choices = []
    self.dense = dense
  }

  /// A choice for each matrix.
  public init(name: String, _ choice: (TransformerShape.Role) throws -> Choice) rethrows {
    self.name = name
    dense = nil
    choices = try TransformerShape.Role.allCases.map(choice)
  }

  /// The kernels of one matrix, which is ternary.
  public subscript(role: TransformerShape.Role) -> Choice { choices[role.rawValue] }

  /// The one kernel of a plan that has only one.
  public var single: Kernel? {
    let all = kernels
    return all.count == 1 ? all.first : nil
  }

  /// Every kernel that takes part, each once, in the order in which a layer meets them.
  public var kernels: [Kernel] { unique(choices.flatMap { [$0.single, $0.batch] }) }

  /// The packing of each matrix, in the order of `TransformerShape.Role`.
  public var packings: [Packing] { choices.map(\.packing) }

  private func unique<T: Hashable>(_ items: [T]) -> [T] {
    var seen: Set<T> = []
    return items.filter { seen.insert($0).inserted }
  }
}
