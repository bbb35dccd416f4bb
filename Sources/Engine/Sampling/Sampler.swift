import Glibc

/// Chooses tokens by `Sampling`, one after the other: holds the random numbers and the tokens that count as recent.
public struct Sampler {
  /// The settings.
  public let sampling: Sampling
  /// The state of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): one number, and every seed is a good one.
  private var state: UInt64
  /// The last tokens, oldest first, at most `repetitionWindow`.
  private var recent: [Int32] = []

  /// Makes a sampler at the start of its random numbers.
  public init(_ sampling: Sampling) {
    self.sampling = sampling
    state = sampling.seed
  }

  /// Counts tokens of the prompt as said already, for the repetition penalty.
  public mutating func observe(_ ids: some Sequence<Int32>) {
    guard sampling.repetitionPenalty != 1, sampling.repetitionWindow > 0 else { return }
    recent = (recent + ids).suffix(sampling.repetitionWindow)
  }

  /// Chooses the token that follows one row of logits, and remembers it.
  public mutating func next(_ logits: LogitsView, row: Int) -> Int32 { next(logits[row]) }

  /// The same for bare logits, by vocabulary id; they must not be empty.
  mutating func next(_ logits: UnsafeBufferPointer<Float>) -> Int32 {
    let isPlain = sampling.temperature == 0 && sampling.repetitionPenalty == 1
    let id = isPlain ? Self.likeliest(logits) : choose(penalised(logits))
    observe(CollectionOfOne(id))
    return id
  }

  private static func likeliest(_ logits: UnsafeBufferPointer<Float>) -> Int32 {
    var best = 0
    for id in 1..<logits.count where logits[id] > logits[best] { best = id }
    return Int32(best)
  }

  private func penalised(_ logits: UnsafeBufferPointer<Float>) -> [Float] {
    var values = Array(logits)
    guard sampling.repetitionPenalty != 1 else { return values }
    for id in Set(recent) where values.indices.contains(Int(id)) {
      let value = values[Int(id)]
      values[Int(id)] = value > 0 ? value / sampling.repetitionPenalty : value * sampling.repetitionPenalty
    }
    return values
  }

  private mutating func choose(_ logits: [Float]) -> Int32 {
    if sampling.temperature == 0 { return logits.withUnsafeBufferPointer(Self.likeliest) }
    let kept = candidates(logits)
    // Only here does the temperature count: what is kept does not depend on it.
    let top = Double(kept.map { logits[Int($0)] }.max() ?? 0)
    let weights = kept.map { exp((Double(logits[Int($0)]) - top) / Double(sampling.temperature)) }
    var left = uniform() * weights.reduce(0, +)
    for (id, weight) in zip(kept, weights) {
      left -= weight
      if left < 0 { return id }
    }
    return kept[kept.count - 1]
  }

  /// The next random number of [0, 1): 53 bits, all that a Double holds.
  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
  }

  /// The ids that survive top-k, top-p and min-p, the likeliest first, lower ids first among equals; at least one.
  private func candidates(_ logits: [Float]) -> [Int32] {
    let top = Double(logits.max() ?? 0)
    func weight(_ id: Int32) -> Double { exp(Double(logits[Int(id)]) - top) }
    let isBefore: (Int32, Int32) -> Bool = { a, b in
      let (x, y) = (logits[Int(a)], logits[Int(b)])
      return x == y ? a < b : x > y
    }
    var ids = Array(Int32(0)..<Int32(logits.count))
    if (1..<ids.count).contains(sampling.topK) { ids = Self.first(sampling.topK, of: ids, by: isBefore) }
    if sampling.topP < 1 {
      // Behind top-k, the probabilities are those of the tokens that are left, as if the others did not exist.
      let sum = ids.reduce(0) { $0 + weight($1) }
      // All that are less likely than this together do not reach 1 − p, so the p are reached without them; sorting a
      // whole vocabulary would take as long as a layer of the model.
      let bound = (1 - Double(sampling.topP)) * sum / Double(ids.count)
      ids = ids.filter { weight($0) >= bound }.sorted(by: isBefore)
      var reached = 0.0
      let last = ids.firstIndex { id in
        reached += weight(id)
        return reached >= Double(sampling.topP) * sum
      }
      if let last { ids.removeSubrange((last + 1)...) }
    }
    // The likeliest token has weight 1 and stays.
    if sampling.minP > 0 { ids = ids.filter { weight($0) >= Double(sampling.minP) } }
    return ids
  }

  /// The first `count` in the order, sorted: the worst of those kept so far stands at the top of a heap.
  private static func first(_ count: Int, of ids: [Int32], by isBefore: (Int32, Int32) -> Bool) -> [Int32] {
    var heap = Array(ids[..<count].sorted { isBefore($1, $0) })
    for id in ids[count...] where isBefore(id, heap[0]) {
      heap[0] = id
      var parent = 0
      while true {
        let child = 2 * parent + 1
        guard child < count else { break }
        let worst = child + 1 < count && isBefore(heap[child], heap[child + 1]) ? child + 1 : child
        guard isBefore(heap[parent], heap[worst]) else { break }
        heap.swapAt(parent, worst)
        parent = worst
      }
    }
    return heap.sorted(by: isBefore)
  }
}
