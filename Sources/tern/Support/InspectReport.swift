import Engine
import Foundation
import Harness
import Kernels
import Machine
import ModelFiles

/// What `tern inspect` says, as data.
struct InspectReport: Encodable {
  let name: String
  private(set) var format: String
  /// Why it cannot be run; absent where it can.
  private(set) var problem: String?
  private(set) var file: FileFacts?
  private(set) var shape: ModelRow?
  private(set) var graph: GraphFacts?
  /// Of a hybrid, in place of `graph`.
  private(set) var hybrid: HybridFacts?
  private(set) var tensors: [TensorGroup] = []
  private(set) var tokenizer: TokenizerFacts?
  private(set) var context: Int?
  /// What the machine has free, as far as it says so.
  private(set) var memoryAvailableBytes: Int?
  private(set) var kernels: [KernelFacts] = []
  private(set) var notes: [String] = []

  enum CodingKeys: String, CodingKey {
    case name, format, problem, file, shape, graph, hybrid, tensors, tokenizer, context, kernels, notes
    case memoryAvailableBytes = "memory_available_bytes"
  }

  /// Describes a model, or a GGUF file that is none that can be run.
  ///
  /// - Throws: what opening it throws, where not even a header can be read.
  init(_ name: String, context: Int?, machine: Machine) throws {
    self.name = name
    do {
      let reference = try ModelReference(name)
      format = reference.container?.format ?? "synthetic"
      let positions = context ?? min(Self.contextUsual, reference.shape.context)
      self.context = positions
      shape = ModelRow(reference.shape)
      graph = (reference.shape as? TransformerShape).map { GraphFacts($0, head: reference.head) }
      hybrid = (reference.shape as? HybridShape).map { HybridFacts($0, head: reference.head) }
      memoryAvailableBytes = machine.memoryAvailableBytes()
      kernels = Self.kernels(of: reference, context: positions, machine: machine, available: memoryAvailableBytes)
      guard let container = reference.container else { return }
      tensors = try Self.inventory(of: container).groups.map(TensorGroup.init)
      notes = container.notes.map { "\($0.id)  \($0.text)" }
      file = FileFacts(container)
      tokenizer = TokenizerFacts(of: container)
    } catch let error as ModelFileError {
      guard let gguf = try? GGUFFile(path: name) else { throw error }
      format = "gguf"
      problem = error.description
      file = FileFacts(gguf)
      tokenizer = TokenizerFacts(gguf)
      tensors = TensorGroup.byType(gguf.tensors)
    }
  }

  /// What most conversations fit in; caches for all of a model's positions may be larger than its weights.
  private static let contextUsual = 4096

  private static func inventory(of stored: any StoredModel) throws -> ModelInventory {
    switch stored {
    case let container as any ModelContainer: try ModelInventory(container)
    case let hybrid as any StoredHybrid: try ModelInventory(hybrid)
    default: throw CommandError("\(stored.path) is a model that inspect does not describe")
    }
  }

  private static func kernels(
    of reference: ModelReference, context: Int, machine: Machine, available: Int?
  ) -> [KernelFacts] {
    if let format = reference.shape.denseWeights {
      let kernel = DenseKernel.best(for: format)
      let need = MemoryBudget.need(
        of: reference, kernels: KernelPlan(dense: kernel), threads: machine.coresPhysical, context: context)
      let shortfall = MemoryBudget.shortfall(of: need.totalBytes, available: available)
      return [KernelFacts(kernel, need: need, shortfall: shortfall)]
    }
    return KernelRegistry.kernels.map { kernel in
      let need = MemoryBudget.need(
        of: reference, kernels: KernelPlan(kernel), threads: machine.coresPhysical, context: context)
      return KernelFacts(
        kernel, need: need, shortfall: MemoryBudget.shortfall(of: need.totalBytes, available: available))
    }
  }

  /// The file itself.
  struct FileFacts: Encodable {
    let path: String
    let sizeBytes: Int
    /// GGUF's.
    private(set) var version: Int?
    private(set) var architecture: String?
    private(set) var title: String?

    enum CodingKeys: String, CodingKey {
      case path, version, architecture, title
      case sizeBytes = "size_bytes"
    }

    init(_ stored: any StoredModel) {
      let gguf = stored.gguf
      path = stored.path
      sizeBytes = stored.fileBytes
      version = gguf?.version
      let family = (stored as? any ModelContainer)?.model.family ?? HybridConfiguration.modelType
      architecture = gguf == nil ? family : gguf?.metadata["general.architecture"]?.string
      title = gguf?.metadata["general.name"]?.string
    }

    init(_ gguf: GGUFFile) {
      path = gguf.path
      sizeBytes = gguf.file.bytes.count
      version = gguf.version
      architecture = gguf.metadata["general.architecture"]?.string
      title = gguf.metadata["general.name"]?.string
    }
  }

  /// What the sizes do not say of the graph.
  struct GraphFacts: Encodable {
    let subNorms: Bool
    let tiedEmbeddings: Bool
    let ropeTheta: Double
    let rmsNormEpsilon: Double
    /// How the head will be held in memory.
    let head: String
    /// How projections will be held in memory where they are not ternary.
    let denseWeights: String?

    enum CodingKeys: String, CodingKey {
      case head
      case denseWeights = "dense_weights"
      case subNorms = "sub_norms"
      case tiedEmbeddings = "tied_embeddings"
      case ropeTheta = "rope_theta"
      case rmsNormEpsilon = "rms_norm_eps"
    }

    init(_ shape: TransformerShape, head: DenseFormat) {
      subNorms = shape.subNorms
      tiedEmbeddings = shape.tiedEmbeddings
      ropeTheta = shape.ropeTheta
      rmsNormEpsilon = Double(shape.rmsNormEpsilon)
      self.head = head.rawValue
      denseWeights = shape.denseWeights?.rawValue
    }
  }

  /// Tensors for one purpose, of one type.
  struct TensorGroup: Encodable {
    let purpose: String?
    let type: String
    let tensors: Int
    let weights: Int
    let sizeBytes: Int
    let bitsPerWeight: Double

    enum CodingKeys: String, CodingKey {
      case purpose, type, tensors, weights
      case sizeBytes = "size_bytes"
      case bitsPerWeight = "bits_per_weight"
    }

    init(_ group: ModelInventory.Group) {
      self.init(
        purpose: group.purpose, type: group.type, tensors: group.tensors, weights: group.weights, bytes: group.bytes)
    }

    private init(purpose: String?, type: String, tensors: Int, weights: Int, bytes: Int) {
      self.purpose = purpose
      self.type = type
      self.tensors = tensors
      self.weights = weights
      sizeBytes = bytes
      bitsPerWeight = weights == 0 ? 0 : 8 * Double(bytes) / Double(weights)
    }

    /// Tensors whose purpose nobody knows, by type.
    static func byType(_ tensors: [GGUFTensor]) -> [TensorGroup] {
      Dictionary(grouping: tensors, by: \.type.name).sorted { $0.key < $1.key }.map { type, tensors in
        TensorGroup(
          purpose: nil, type: type, tensors: tensors.count, weights: tensors.reduce(0) { $0 &+ $1.elements },
          bytes: tensors.reduce(0) { $0 + $1.byteCount })
      }
    }
  }

  /// A kernel, and what the model takes with it.
  struct KernelFacts: Encodable {
    let id: String
    let family: String
    let isa: String
    let packing: String
    let bitsPerWeight: Double
    let priority: Int
    let available: Bool
    let reason: String?
    /// Packed weights, norms and head.
    let weightsBytes: Int
    /// With the cache and scratch of one session.
    let totalBytes: Int

    enum CodingKeys: String, CodingKey {
      case id, family, isa, packing, priority, available, reason
      case bitsPerWeight = "bits_per_weight"
      case weightsBytes = "weights_bytes"
      case totalBytes = "total_bytes"
    }

    init(_ kernel: Kernel, need: MemoryNeed, shortfall: String?) {
      self.init(
        id: kernel.id, family: kernel.name, isa: kernel.isa, packing: kernel.packing.name,
        bitsPerWeight: kernel.packing.bitsPerWeight, priority: kernel.priority,
        reason: kernel.availability.reason ?? shortfall, need: need)
    }

    /// What multiplies dense weights, which are not packed.
    init(_ kernel: DenseKernel, need: MemoryNeed, shortfall: String?) {
      self.init(
        id: kernel.id, family: kernel.format.rawValue, isa: kernel.isa, packing: kernel.format.rawValue,
        bitsPerWeight: kernel.bitsPerWeight, priority: kernel.priority,
        reason: kernel.availability.reason ?? shortfall, need: need)
    }

    private init(
      id: String, family: String, isa: String, packing: String, bitsPerWeight: Double, priority: Int, reason: String?,
      need: MemoryNeed
    ) {
      self.id = id
      self.family = family
      self.isa = isa
      self.packing = packing
      self.bitsPerWeight = bitsPerWeight
      self.priority = priority
      available = reason == nil
      self.reason = reason
      let (weights, overflow) = need.weightsBytes.addingReportingOverflow(need.headBytes)
      weightsBytes = overflow ? .max : weights
      totalBytes = need.totalBytes
    }
  }
}

extension StoredModel {
  /// The GGUF file that it is in, where it is in one.
  var gguf: GGUFFile? { (self as? GGUFModel)?.file ?? (self as? GGUFHybrid)?.file }
}
