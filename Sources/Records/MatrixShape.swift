/// A single ternary matrix as suites spell it: "2048x8192" takes 2048 inputs (K) and gives 8192 outputs (N).
///
/// The order is that of the products in published tables, "[batch, 2048] x [2048, 8192]".
public struct MatrixShape: Sendable, Hashable, CustomStringConvertible {
  /// Inputs: the length of a vector that is multiplied, K.
  public let inputs: Int
  /// Outputs: the length of the product, N.
  public let outputs: Int

  /// The largest side: with more inputs, a sum of products with −128 could leave 32 bits.
  public static let largestSide = 16_777_215

  /// Weights of the matrix.
  public var weights: Int { inputs * outputs }
  /// The spelling: "2048x8192".
  public var description: String { "\(inputs)x\(outputs)" }

  /// Reads "KxN"; throws `MatrixShapeError` for anything else.
  public init(label text: String) throws {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false)
    guard sides.count == 2 else { throw MatrixShapeError(text, "it has not two sides") }
    inputs = try Self.side(sides[0], of: "the number of inputs", in: text)
    outputs = try Self.side(sides[1], of: "the number of outputs", in: text)
  }

  private static func side(_ digits: Substring, of what: String, in text: String) throws -> Int {
    guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      throw MatrixShapeError(text, "\(what) must be a whole number")
    }
    guard let value = Int(digits), 1...largestSide ~= value else {
      throw MatrixShapeError(text, "\(what) must lie between 1 and \(largestSide)")
    }
    return value
  }
}

/// A matrix was spelt in a way that means nothing.
public struct MatrixShapeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What is wrong and what is accepted.
  public let description: String

  init(_ text: String, _ problem: String) {
    description =
      "\"\(text.prefix(80))\" is not a matrix: \(problem). Accepted is inputs × outputs, such as 2048x8192 for "
      + "[batch, 2048] x [2048, 8192]."
  }
}
