import CKernels
import Foundation
import Testing

/// The selective scan is what its equations say; that every instruction set gives the portable bytes, Tests/Contract
/// holds.
@Suite struct ScanContractTests {
  /// Floats that stay where they are.
  private final class Floats {
    let address: UnsafeMutablePointer<Float>
    let count: Int

    init(_ values: [Float]) {
      count = values.count
      address = .allocate(capacity: count)
      address.initialize(from: values, count: count)
    }

    convenience init(repeating value: Float, count: Int) { self.init([Float](repeating: value, count: count)) }

    deinit { address.deallocate() }

    subscript(i: Int) -> Double { Double(address[i]) }
    var values: [Float] { (0..<count).map { address[$0] } }
  }

  private struct Arrays {
    static let (tokens, states, channels) = (5, 3, 7)
    let bias, skip, decay, delta, u, z, b, c, hidden, y, out: Floats

    init(seed: UInt64) {
      var generator = Generator(seed: seed)
      func floats(_ count: Int, _ range: ClosedRange<Float>) -> Floats {
        Floats((0..<count).map { _ in Float.random(in: range, using: &generator) })
      }
      let (tokens, states, channels) = (Self.tokens, Self.states, Self.channels)
      bias = floats(channels, -6...1)
      skip = floats(channels, -1...1)
      decay = floats(states * 16, -16 ... -0.1)
      delta = floats(tokens * channels, -3...25)
      u = floats(tokens * channels, -2...2)
      z = floats(tokens * channels, -4...4)
      b = floats(tokens * states, -1...1)
      c = floats(tokens * states, -1...1)
      hidden = Floats(repeating: 1, count: states * 16)
      y = Floats(repeating: 99, count: tokens * channels)
      out = Floats(repeating: 99, count: tokens * channels)
    }

    /// What the operation writes: y, out and the states of the channels.
    func results(_ ops: ck_vector_ops) -> [Float] {
      let channels = Self.channels
      var scan = ck_scan(
        tokens: Self.tokens, states: Self.states, channels: channels, delta_bias: bias.address, skip: skip.address,
        decay: decay.address, hidden: hidden.address, delta: delta.address, delta_stride: channels, u: u.address,
        u_stride: channels, z: z.address, z_stride: channels, b: b.address, c: c.address, selected_stride: Self.states,
        y: y.address, out: out.address, out_stride: channels)
      ops.selective_scan(&scan)
      let states = (0..<Self.states * channels).map { hidden.address[$0 / channels * 16 + $0 % channels] }
      return y.values + out.values + states
    }

    /// The same in Double, from the equations.
    var expected: [Double] {
      let (states, channels) = (Self.states, Self.channels)
      var hidden = [Double](repeating: 1, count: states * channels)
      var (ys, outs): ([Double], [Double]) = ([], [])
      for place in 0..<Self.tokens * channels {
        let (token, channel) = place.quotientAndRemainder(dividingBy: channels)
        let step = log1p(exp(delta[place] + bias[channel]))
        var y = skip[channel] * u[place]
        for state in 0..<states {
          let own = state * channels + channel
          let kept = exp(step * decay[state * 16 + channel])
          hidden[own] = kept * hidden[own] + step * u[place] * b[token * states + state]
          y += hidden[own] * c[token * states + state]
        }
        ys.append(y)
        outs.append(y * z[place] / (1 + exp(-z[place])))
      }
      return ys + outs + hidden
    }
  }

  @Test(arguments: Rows.vectorOps)
  func `A scan is what its equations say`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    for seed in 1...20 {
      let arrays = Arrays(seed: UInt64(seed))
      let expected = arrays.expected
      for (value, expected) in zip(arrays.results(ops.value), expected) {
        #expect(abs(Double(value) - expected) <= 1e-5 * max(abs(expected), 1), "seed \(seed)")
      }
    }
  }

  @Test(arguments: Rows.vectorOps)
  func `A small step keeps its digits and a large one is itself`(ops: Row<ck_vector_ops>) throws {
    try ops.requireSupport()
    let (zeros, one) = (Floats(repeating: 0, count: 16), Floats([1]))
    // Without decay and with u = b = 1, a state that begins at zero is the step ln(1 + e^x) afterwards.
    for x in stride(from: Float(-80), through: 80, by: 0.173) {
      let (hidden, delta, out) = (Floats(repeating: 0, count: 16), Floats([x]), Floats([0]))
      var scan = ck_scan(
        tokens: 1, states: 1, channels: 1, delta_bias: zeros.address, skip: zeros.address, decay: zeros.address,
        hidden: hidden.address, delta: delta.address, delta_stride: 1, u: one.address, u_stride: 1, z: one.address,
        z_stride: 1, b: one.address, c: one.address, selected_stride: 1, y: nil, out: out.address, out_stride: 1)
      ops.value.selective_scan(&scan)
      #expect(abs(hidden[0] / log1p(exp(Double(x))) - 1) < 4e-7, "\(x)")
    }
  }
}
