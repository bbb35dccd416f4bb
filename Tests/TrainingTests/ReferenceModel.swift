import Engine
import Foundation

@testable import Training

/// A BitNet b1.58 model in Doubles, token by token and without a gradient of its own: finite differences of its loss are
/// what gradients have to equal.
///
/// The straight-through estimator is a statement about a changed function: a quantizer Q becomes x + c with
/// c = Q(x₀) − x₀ at the point x₀ where the gradient is asked for. The first evaluation notes every c; from then on they
/// are constants, and the loss is smooth with exactly the estimator's derivatives.
final class ReferenceModel {
  let shape: TransformerShape
  let quantizer: Quantizer
  private var offsets: [[Double]] = []
  private var next = 0
  private var isFrozen = false

  init(_ shape: TransformerShape, _ quantizer: Quantizer) {
    (self.shape, self.quantizer) = (shape, quantizer)
  }

  /// The mean loss of sequences; values: all parameters in the flat layout.
  func loss(_ values: [Double], ids: [Int32], targets: [Int32], context: Int) -> Double {
    next = 0
    defer { isFrozen = true }
    let layout = ParameterLayout(shape)
    func tensor(_ entry: ParameterLayout.Entry) -> [Double] { Array(values[entry.range]) }
    func matrix(_ entry: ParameterLayout.Entry) -> [Double] { quantizeWeights(tensor(entry)) }
    let embedding = tensor(layout.embedding)
    let D = shape.hidden
    var x = ids.map { id in Array(embedding[Int(id) * D..<(Int(id) + 1) * D]) }
    for layer in layout.layers {
      var input = x.map { quantizeInput(norm($0, tensor(layer.attentionNorm))) }
      let (q, k, v) = (matrix(layer.query), matrix(layer.key), matrix(layer.value))
      let attended = attention(
        input.map { product(q, $0) }, input.map { product(k, $0) }, input.map { product(v, $0) },
        context)
      input = attended.map { quantizeInput(norm($0, tensor(layer.attentionSubNorm))) }
      let o = matrix(layer.output)
      x = zip(x, input).map { add($0, product(o, $1)) }
      input = x.map { quantizeInput(norm($0, tensor(layer.feedForwardNorm))) }
      let (gate, up) = (matrix(layer.gate), matrix(layer.up))
      input = input.map { row in
        let f = zip(product(gate, row), product(up, row)).map { activation($0) * $1 }
        return quantizeInput(norm(f, tensor(layer.feedForwardSubNorm)))
      }
      let down = matrix(layer.down)
      x = zip(x, input).map { add($0, product(down, $1)) }
    }
    let states = x.map { norm($0, tensor(layout.finalNorm)) }
    let losses = zip(states, targets).map { state, target in
      let logits = product(embedding, state)
      let largest = logits.max() ?? 0
      return log(logits.reduce(0) { $0 + exp($1 - largest) }) + largest - logits[Int(target)]
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  // MARK: Operations

  private func add(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }

  private func product(_ matrix: [Double], _ x: [Double]) -> [Double] {
    (0..<matrix.count / x.count).map { row in
      (0..<x.count).reduce(0) { $0 + matrix[row * x.count + $1] * x[$1] }
    }
  }

  private func norm(_ x: [Double], _ weight: [Double]) -> [Double] {
    let inverse = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + Double(shape.rmsNormEpsilon)).squareRoot()
    return zip(x, weight).map { $0 * inverse * $1 }
  }

  private func activation(_ z: Double) -> Double {
    shape.activation == .silu ? z / (1 + exp(-z)) : max(z, 0) * max(z, 0)
  }

  private func attention(_ q: [[Double]], _ k: [[Double]], _ v: [[Double]], _ context: Int) -> [[Double]] {
    let d = shape.headDim
    return q.indices.map { row in
      let (sequence, position) = row.quotientAndRemainder(dividingBy: context)
      return (0..<shape.heads).flatMap { head -> [Double] in
        let kvHead = head / (shape.heads / shape.kvHeads)
        let query = rotated(q[row], head, position)
        let scores = (0...position).map { other -> Double in
          let key = rotated(k[sequence * context + other], kvHead, other)
          return zip(query, key).reduce(0) { $0 + $1.0 * $1.1 } / Double(d).squareRoot()
        }
        let largest = scores.max() ?? 0
        let weights = scores.map { exp($0 - largest) }
        let sum = weights.reduce(0, +)
        return (0..<d).map { i in
          (0...position).reduce(0) { $0 + weights[$1] / sum * v[sequence * context + $1][kvHead * d + i] }
        }
      }
    }
  }

  private func rotated(_ row: [Double], _ head: Int, _ position: Int) -> [Double] {
    let (d, half) = (shape.headDim, shape.headDim / 2)
    let x = Array(row[head * d..<(head + 1) * d])
    return (0..<d).map { i in
      let angle = Double(position) * pow(shape.ropeTheta, -2 * Double(i % half) / Double(d))
      return i < half
        ? x[i] * cos(angle) - x[i + half] * sin(angle) : x[i] * cos(angle) + x[i - half] * sin(angle)
    }
  }

  // MARK: Quantizers

  private func quantizeWeights(_ weights: [Double]) -> [Double] {
    straightThrough(weights) { weights in
      let g = max(weights.reduce(0) { $0 + abs($1) } / Double(weights.count), 1e-5)
      return weights.map { min(max(($0 / g).rounded(.toNearestOrEven), -1), 1) * g }
    }
  }

  private func quantizeInput(_ x: [Double]) -> [Double] {
    straightThrough(x) { x in
      let s = 127 / max(x.map(abs).max() ?? 0, 1e-5)
      return x.map { ($0 * s).rounded(.toNearestOrEven) / s }
    }
  }

  private func straightThrough(_ x: [Double], _ quantize: ([Double]) -> [Double]) -> [Double] {
    guard quantizer == .ternary else { return x }
    defer { next += 1 }
    if !isFrozen { offsets.append(zip(quantize(x), x).map { $0 - $1 }) }
    return add(x, offsets[next])
  }
}
