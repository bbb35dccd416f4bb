import Engine
import Foundation
import Kernels
import Testing

@testable import Training

/// Each operation's gradient alone, against finite differences along random directions.
///
/// The loss is Σ c∘f(x) for fixed c; its derivative along v is (L(x + hv) − L(x − hv)) / 2h. In floats a step of 1/64
/// leaves about four digits, which a wrong gradient does not reach.
@Suite struct OperationTests {
  private func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

  private func check(
    _ x: [Float], gradient: [Float], _ loss: ([Float]) -> Double, _ name: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let step: Float = 1 / 64
    for seed in 0..<4 {
      let direction = randomFloats(x.count, seed: UInt64(100 + seed))
      func moved(_ sign: Float) -> [Float] { zip(x, direction).map { $0 + sign * step * $1 } }
      let difference = (loss(moved(1)) - loss(moved(-1))) / (2 * Double(step))
      let expected = dot(gradient, direction)
      let scale = (dot(gradient, gradient) * dot(direction, direction)).squareRoot()
      #expect(scale > 0, name, sourceLocation: sourceLocation)
      #expect(
        abs(difference - expected) < 3e-3 * scale, "\(name): \(expected), difference \(difference)",
        sourceLocation: sourceLocation)
    }
  }

  private func operations(_ quantizer: Quantizer = .none) throws -> TrainingOperations {
    try TrainingOperations(pool: pool(), quantizer: quantizer)
  }

  @Test func norm() throws {
    let (op, rows, width) = (try operations(), 3, 20)
    let (x, w) = (randomFloats(rows * width, seed: 1), randomFloats(width, seed: 2))
    let c = randomFloats(rows * width, seed: 3)
    func loss(_ x: [Float], _ w: [Float]) -> Double {
      var (y, inverses) = ([Float](repeating: 0, count: x.count), [Float](repeating: 0, count: rows))
      op.norm(x, weight: w, epsilon: 1e-5, rows: rows, width: width, into: &y, inverses: &inverses)
      return dot(c, y)
    }
    var (y, inverses) = ([Float](repeating: 0, count: x.count), [Float](repeating: 0, count: rows))
    op.norm(x, weight: w, epsilon: 1e-5, rows: rows, width: width, into: &y, inverses: &inverses)
    var (dx, dw) = ([Float](repeating: 0, count: x.count), [Float](repeating: 0, count: width))
    var work = [Float](repeating: 0, count: 2 * width)
    op.normBackward(
      c, x: x, weight: w, inverses: inverses, rows: rows, width: width, work: &work, into: &dx, weightGradient: &dw)
    check(x, gradient: dx, { loss($0, w) }, "dx")
    check(w, gradient: dw, { loss(x, $0) }, "dw")
  }

  @Test(arguments: [TransformerShape.Activation.relu2, .silu]) func gate(
    activation: TransformerShape.Activation
  ) throws {
    let (op, rows, width) = (try operations(), 3, 19)
    // Away from the corner of relu², and one exact zero, whose sigmoid is not 0 / 0.
    var gate = randomFloats(rows * width, seed: 1).map { $0 + ($0 < 0 ? -0.2 : 0.2) }
    if activation == .silu { gate[5] = 0 }
    let (up, c) = (randomFloats(rows * width, seed: 2), randomFloats(rows * width, seed: 3))
    func loss(_ gate: [Float], _ up: [Float]) -> Double {
      var f = [Float](repeating: 0, count: gate.count)
      op.gate(activation, gate: gate, up: up, rows: rows, width: width, into: &f)
      return dot(c, f)
    }
    var (dGate, dUp, work) = (gate, up, [Float](repeating: 0, count: 4 * width))
    op.gateBackward(activation, df: c, gate: &dGate, up: &dUp, rows: rows, width: width, work: &work)
    check(gate, gradient: dGate, { loss($0, up) }, "dgate")
    check(up, gradient: dUp, { loss(gate, $0) }, "dup")
  }

  @Test(
    "attention and rotation, blocks that the context does not fill", arguments: [(4, 2, 21), (3, 3, 37), (4, 1, 9)])
  func attention(heads: Int, kvHeads: Int, context: Int) throws {
    let (op, sequences) = (try operations(), 2)
    let shape = AttentionShape(
      tinyShape(heads: heads, kvHeads: kvHeads), context: context)
    let angles = RotaryAngles(headDim: shape.headDim, theta: 100, context: context)
    let tokens = sequences * context
    let qkv = randomFloats(tokens * shape.stride, seed: 1, deviation: 0.5)
    let c = randomFloats(tokens * heads * shape.headDim, seed: 2)
    var work = [Float](repeating: 0, count: 2 * shape.workFloats)
    func rotated(_ qkv: [Float]) -> [Float] {
      var qkv = qkv
      op.rotate(&qkv, shape, angles, tokens: tokens, back: false)
      return qkv
    }
    func loss(_ qkv: [Float]) -> Double {
      var out = [Float](repeating: 0, count: c.count)
      op.attend(rotated(qkv), shape, sequences: sequences, work: &work, into: &out)
      return dot(c, out)
    }
    var gradient = [Float](repeating: 9, count: qkv.count)
    var backWork = [Float](repeating: 0, count: 2 * shape.workFloats)
    op.attendBackward(
      rotated(qkv), dOut: c, shape, sequences: sequences, work: &backWork, into: &gradient)
    op.rotate(&gradient, shape, angles, tokens: tokens, back: true)
    check(qkv, gradient: gradient, loss, "dqkv")
  }

  @Test func crossEntropy() throws {
    // More tokens than a block of logits has, and a vocabulary that fills no register.
    let (op, tokens, width, vocabulary) = (try operations(), 530, 8, 21)
    let targets = randomIDs(tokens, vocabulary: vocabulary, seed: 4)
    let (x, e) = (randomFloats(tokens * width, seed: 1), randomFloats(vocabulary * width, seed: 2))
    let rows = LogitsWork.tokens(vocabulary: vocabulary)
    func loss(
      _ x: [Float], _ e: [Float],
      _ gradients: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)? = nil
    ) -> Double {
      var logits = [Float](repeating: 0, count: rows * vocabulary)
      var losses = [Double](repeating: 0, count: tokens)
      return logits.withUnsafeMutableBufferPointer { logits in
        losses.withUnsafeMutableBufferPointer { losses in
          op.crossEntropy(
            x, tokens: tokens, width: width, embedding: e, vocabulary: vocabulary, targets: targets,
            work: LogitsWork(logits: logits.baseAddress!, losses: losses.baseAddress!),
            gradients: gradients.map { (dx: $0.0, dEmbedding: $0.1) }) / Double(tokens)
        }
      }
    }
    var (dx, de) = ([Float](repeating: 0, count: x.count), [Float](repeating: 0, count: e.count))
    dx.withUnsafeMutableBufferPointer { dx in
      de.withUnsafeMutableBufferPointer { de in _ = loss(x, e, (dx.baseAddress!, de.baseAddress!)) }
    }
    check(x, gradient: dx, { loss($0, e) }, "dx")
    check(e, gradient: de, { loss(x, $0) }, "de")
    let uniform = loss([Float](repeating: 0, count: x.count), e)
    #expect(abs(uniform - log(Double(vocabulary))) < 1e-6)
  }

  @Test("a product and its gradients, without rounding") func linear() throws {
    let (op, tokens, rows, columns) = (try operations(), 7, 13, 40)
    let (x, w) = (randomFloats(tokens * columns, seed: 1), randomFloats(rows * columns, seed: 2))
    let c = randomFloats(tokens * rows, seed: 3)
    let (codes, weights) = (try Floats(x.count), try Floats(w.count))
    let (scales, y) = (try Floats(tokens), try Floats(tokens * rows))
    let (dx, dw) = (try Floats(x.count), try Floats(w.count))
    let factors = try Floats(2 * tokens)
    scales.address.update(repeating: 1, count: tokens)
    let input = QuantizedInput(codes: codes.address, scales: scales.address)
    let projection = Projection(
      rows: rows, columns: columns, codes: weights.address, scale: 1, gradient: dw.address)
    func set(_ x: [Float], _ w: [Float]) {
      for (i, value) in x.enumerated() { codes.address[i] = value }
      for (i, value) in w.enumerated() { weights.address[i] = value }
    }
    func loss(_ x: [Float], _ w: [Float]) -> Double {
      set(x, w)
      op.multiply(projection, input, tokens: tokens, into: y.address, stride: rows)
      return dot(c, Array(y.all))
    }
    set(x, w)
    op.multiplyBackward(
      projection, input, tokens: tokens, dy: c, stride: rows, factors: factors.address, into: dx.address)
    check(x, gradient: Array(dx.all), { loss($0, w) }, "dx")
    check(w, gradient: Array(dw.all), { loss(x, $0) }, "dw")
  }

  @Test("a ternary product is the sum of whole numbers, rescaled once") func ternaryProduct() throws {
    let (op, tokens, width) = (try operations(.ternary), 5, 72)
    let (x, q, s) = (randomFloats(tokens * width, seed: 1), try Floats(tokens * width), try Floats(tokens))
    let (t, y, dw) = (try Floats(3 * width), try Floats(tokens * 3), try Floats(3 * width))
    for i in 0..<t.count { t.address[i] = Float(i * 7 % 3 - 1) }
    var bytes = [Int8](repeating: 0, count: 2 * width)
    let input = QuantizedInput(codes: q.address, scales: s.address)
    op.quantize(x, rows: tokens, width: width, work: &bytes, into: input)
    op.multiply(
      Projection(rows: 3, columns: width, codes: t.address, scale: 0.037, gradient: dw.address), input,
      tokens: tokens, into: y.address, stride: 3)
    for token in 0..<tokens {
      let (expected, scale) = AbsmaxActivations.quantize(Array(x[token * width..<(token + 1) * width]))
      #expect(s.address[token] == scale)
      for row in 0..<3 {
        let sum = (0..<width).reduce(0) { $0 + Int(expected[$1]) * Int(t.address[row * width + $1]) }
        #expect(y.address[token * 3 + row] == Float(sum) * (0.037 / scale))
      }
    }
  }
}
