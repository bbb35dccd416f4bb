import Engine
import Kernels

/// The state of a model in training: float masters, their gradients, both moments, and the ternary codes that the
/// forward pass multiplies with; 20 bytes a parameter.
final class Parameters: Sendable {
  /// Where each tensor lies.
  let layout: ParameterLayout
  /// The masters that are trained.
  let masters: Floats
  /// The derivatives of the loss by the masters.
  let gradients: Floats
  /// The running mean of the gradients.
  let firstMoments: Floats
  /// The running mean of the squared gradients.
  let secondMoments: Floats
  /// The masters of matrices as −1, 0 and +1; other tensors are not in it.
  let codes: Floats
  /// The mean magnitude g of each entry's masters, 1 for what is not quantized: [entries].
  let scales: Floats

  /// Takes the memory, all zeros.
  ///
  /// - Throws: `KernelError` when the system has not enough of it.
  init(_ shape: TransformerShape) throws {
    layout = ParameterLayout(shape)
    masters = try Floats(layout.count)
    gradients = try Floats(layout.count)
    firstMoments = try Floats(layout.count)
    secondMoments = try Floats(layout.count)
    codes = try Floats(layout.count)
    scales = try Floats(layout.entries.count)
  }

  /// A tensor's masters.
  func masters(_ entry: ParameterLayout.Entry) -> UnsafeMutablePointer<Float> { masters.address + entry.offset }

  /// A tensor's gradients.
  func gradients(_ entry: ParameterLayout.Entry) -> UnsafeMutablePointer<Float> { gradients.address + entry.offset }

  /// Makes masters: norms are ones, all else normal with mean 0 and the deviation given, from a counter-based generator.
  func initialise(seed: UInt64, deviation: Float) {
    for entry in layout.entries {
      let values = masters(entry)
      guard entry.kind != .norm else {
        values.update(repeating: 1, count: entry.count)
        continue
      }
      var random = RandomNumbers(seed: seed, stream: UInt64(entry.index))
      for i in 0..<entry.count { values[i] = deviation * random.normal() }
    }
  }

  /// Rounds the masters of all matrices to −1, 0 and +1 with their mean magnitudes, as `AbsmeanWeights` says.
  ///
  /// Without quantization the codes are the masters themselves, and every scale is 1: the float twin.
  func quantize(_ quantization: Quantizer, pool: ThreadPool) {
    let matrices = layout.entries.filter { $0.kind == .matrix }
    pool.parallelItems(matrices.count) { _, item in
      let entry = matrices[item]
      let (values, codes) = (self.masters(entry), self.codes.address + entry.offset)
      guard quantization == .ternary else {
        self.scales.address[entry.index] = 1
        codes.update(from: values, count: entry.count)
        return
      }
      let g = Self.meanMagnitude(values, rows: entry.shape[0], columns: entry.shape[1])
      self.scales.address[entry.index] = g
      let inverse = 1 / g
      for i in 0..<entry.count {
        // As `AbsmeanWeights.ternarise`: above one half of g is +1, below minus one half −1.
        let scaled = values[i] * inverse
        codes[i] = (scaled > 0.5 ? 1 : 0) - (scaled < -0.5 ? 1 : 0)
      }
    }
  }

  /// Sums row by row, as a checkpoint's masters are summed when it is loaded: the scale is the same to the bit.
  private static func meanMagnitude(_ values: UnsafePointer<Float>, rows: Int, columns: Int) -> Float {
    var sum = 0.0
    for row in 0..<rows {
      sum += AbsmeanWeights.sumOfMagnitudes(UnsafeBufferPointer(start: values + row * columns, count: columns))
    }
    let mean = Float(sum / Double(rows * columns))
    // A NaN stays, so that the loss shows it.
    return mean < AbsmeanWeights.floor ? AbsmeanWeights.floor : mean
  }
}

/// Whether projections are ternary with int8 inputs, or floats.
public enum Quantizer: String, Sendable, CaseIterable {
  /// BitNet b1.58: absmean weights and absmax activations, gradients straight through.
  case ternary
  /// Floats: the twin that a ternary model is compared with.
  case none
}
