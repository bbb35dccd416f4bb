import Foundation
import Testing

@testable import Kernels

/// The cases are what gguf-py gave.
@Suite struct BlockWeightsTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let format: String
    let name: String?
    let raw_hex: String
    let f32_hex: String
    var testDescription: String { format + (name.map { " \($0)" } ?? "") }

    var raw: [UInt8] { Self.bytes(raw_hex) }
    var floats: [Float] { Self.bytes(f32_hex).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } }

    private static func bytes(_ hex: String) -> [UInt8] {
      let digits = Array(hex.utf8).map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
      return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
  }

  struct Fixture: Decodable {
    let decode: [Case]
    let encode: [Case]
  }

  static let fixture: Fixture = {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/ggml_blocks.json")
    // A test that cannot read its cases shall not run without any.
    return try! JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }()
  static let formats = DenseFormat.allCases.filter { $0.blockWeights > 1 }

  @Test func `There are cases for every format of blocks`() {
    #expect(Set(Self.fixture.decode.map(\.format)) == Set(Self.formats.map(\.rawValue)))
    #expect(Self.fixture.encode.count == 6)
  }

  @Test(arguments: fixture.decode) func `Blocks are decoded as gguf-py does, bit for bit`(example: Case) throws {
    let format = try #require(DenseFormat(rawValue: example.format))
    for kernel in KernelRegistry.denseKernels where kernel.format == format && kernel.availability.isAvailable {
      let matrix = try DenseMatrix(rows: 2, columns: example.floats.count, format: format)
      matrix.row(1).copyMemory(from: example.raw, byteCount: matrix.rowBytes)
      #expect(example.raw.count == matrix.rowBytes)
      var decoded = [Float](repeating: 99, count: matrix.columns)
      kernel.decodeRow(1, of: matrix, into: &decoded)
      #expect(decoded.map(\.bitPattern) == example.floats.map(\.bitPattern), "\(kernel.id)")
    }
  }

  @Test(arguments: fixture.encode) func `Weights are encoded as gguf-py does, byte for byte`(example: Case) throws {
    let format = try #require(DenseFormat(rawValue: example.format))
    let matrix = try DenseMatrix(rows: 1, columns: example.floats.count, format: format)
    matrix.store(example.floats, row: 0)
    let bytes = Array(UnsafeRawBufferPointer(start: matrix.row(0), count: matrix.rowBytes))
    #expect(bytes == example.raw)
  }

  @Test(arguments: formats) func `No weight is off by more than its step`(format: DenseFormat) throws {
    let (x, decoded) = try encoded(format) { Float.random(in: -1...1, using: &$0) * ($1 % 512 < 256 ? 1 : 100) }
    let width = format == .q6k ? 16 : 32
    for k in x.indices {
      let group = x[k / width * width..<(k / width + 1) * width].map(\.magnitude).max()!
      let block = x[k / format.blockWeights * format.blockWeights..<(k / format.blockWeights + 1) * format.blockWeights]
        .map(\.magnitude).max()!
      // Half a step, a whole one where the range has no number for +8 or +32; the scale is rounded to a half's 11 bits,
      // and in q6_k first to a 256th of the largest.
      let bound =
        switch format {
        case .q8: group / 127 * 0.5 + group * 0x1p-11
        case .q4: group / 8 + group * 0x1p-11
        default: group / 32 * 1.2 + block / 256
        }
      #expect(abs(x[k] - decoded[k]) <= bound, "weight \(k): \(x[k]) became \(decoded[k])")
    }
  }

  /// A simulation of the same steps gives relative errors of 0.0054, 0.0183 and 0.0860.
  ///
  /// A search over 19 first scales for each 16 weights, as ggml does it, would bring q6_k to 0.0178.
  @Test(arguments: [(DenseFormat.q8, 0.0056), (.q6k, 0.0188), (.q4, 0.088)])
  func `Normal weights lose little`(format: DenseFormat, largest: Double) throws {
    let (x, decoded) = try encoded(format) { generator, _ in
      (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0...1, using: &generator) }
    }
    let error = zip(x, decoded).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let power = x.reduce(0) { $0 + Double($1 * $1) }
    #expect((error / power).squareRoot() < largest, "\((error / power).squareRoot())")
  }

  @Test(arguments: formats) func `Extremes neither trap nor become anything but numbers`(format: DenseFormat) throws {
    for value: Float in [0, .leastNonzeroMagnitude, 1e-38, 1e-30, 1e-9, 65504, -65504] {
      let (_, decoded) = try encoded(format) { _, k in k % 3 == 0 ? value : k % 3 == 1 ? -value : 0 }
      #expect(decoded.allSatisfy { $0.isFinite && abs($0) <= abs(value) * 1.02 + 1e-6 }, "\(value)")
    }
  }

  @Test func `Widths that a format cannot store are refused with those that can`() {
    #expect(DenseFormat.q6k.refusal(columns: 2560) == nil)
    #expect(
      DenseFormat.q6k.refusal(columns: 96) == "q6_k stores 256 weights together, and 96 is no multiple of that; "
        + "formats for 96 are f32, f16, bf16, q8_0, q4_0")
    #expect(throws: KernelError.self) { try DenseMatrix(rows: 1, columns: 33, format: .q8) }
    for format in DenseFormat.allCases {
      #expect(DenseKernel.best(for: format).bitsPerWeight == format.bitsPerWeight)
    }
  }

  /// 4096 weights, and what they are after encoding and decoding.
  private func encoded(
    _ format: DenseFormat, _ weight: (inout SplitMix, Int) -> Float
  ) throws -> ([Float], [Float]) {
    var generator = SplitMix(state: 17)
    let x = (0..<4096).map { weight(&generator, $0) }
    let matrix = try DenseMatrix(rows: 1, columns: x.count, format: format)
    matrix.store(x, row: 0)
    var decoded = [Float](repeating: 0, count: x.count)
    DenseKernel.best(for: format).decodeRow(0, of: matrix, into: &decoded)
    return (x, decoded)
  }
}

/// SplitMix64: the same numbers on every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
