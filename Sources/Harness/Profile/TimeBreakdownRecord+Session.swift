import Engine
import Meters
import Records

extension TimeBreakdownRecord {
  /// Does some work with a session once, with a clock read after every operation.
  ///
  /// - Parameter tokens: Tokens that the work processes and generates.
  /// - Throws: What the work throws.
  init(of session: Session, tokens: Int, _ work: () throws -> Void) throws {
    let timer = ForwardTimer(session.model.shape)
    session.observer = timer
    defer { session.observer = nil }
    let forks = session.pool.forks
    let start = WallClock.nowNs()
    try work()
    let wallNs = Int(WallClock.nowNs() - start)
    self.init(
      tokens: tokens, timeWallNs: wallNs,
      timeByOperationNs: Dictionary(uniqueKeysWithValues: timer.timesNs.map { ($0.operation, $1) }),
      timeByLayerKindNs: timer.timesByLayerKindNs, forkJoins: session.pool.forks - forks)
  }
}

extension ForwardPart {
  /// The name of the part in records: one of `ForwardOperation.all`.
  var operation: String {
    switch self {
    case .embedding: "embedding"
    case .attentionInput: "norm_quantize_qkv"
    case .qkv: "qkv"
    case .rotation: "rope_store"
    case .attention: "attention"
    case .outputInput: "norm_quantize_o"
    case .output: "o"
    case .feedForwardInput: "norm_quantize_gate_up"
    case .gateUp: "gate_up"
    case .downInput: "norm_quantize_down"
    case .down: "down"
    case .finalNorm: "norm_final"
    case .head: "head"
    case .layerNorm: "layer_norm"
    case .mixerInput: "mixer_in"
    case .convolution: "convolution"
    case .selection: "selection"
    case .scan: "scan"
    case .memoryGate: "memory_gate"
    }
  }
}
