import Engine
import Foundation
import Testing

@testable import Training

/// Products of matrices against plain sums.
@Suite struct ProductTests {
  @Test(
    "rows, depth and columns around the blocks' bounds",
    arguments: [(1, 1, 1), (3, 5, 7), (6, 192, 32), (7, 193, 33), (500, 40, 70), (481, 200, 8), (13, 400, 100)])
  func equalsSums(rows: Int, depth: Int, columns: Int) throws {
    let a = randomFloats(rows * depth, seed: 1)
    let b = randomFloats(depth * columns, seed: 2)
    let start = randomFloats(rows * columns, seed: 3)
    let turned = (0..<columns).flatMap { column in (0..<depth).map { b[$0 * columns + column] } }
    var results: [[Float]] = []
    for threads in [1, 3] {
      let products = try MatrixProducts(pool: pool(threads))
      for isTransposed in [false, true] {
        var y = start
        products.add(
          a, stride: depth, rows: rows, depth: depth,
          isTransposed ? .transposed(turned, stride: depth) : .rows(b, stride: columns), columns: columns, to: &y,
          stride: columns)
        results.append(y)
      }
    }
    for result in results.dropFirst() { #expect(result.map(\.bitPattern) == results[0].map(\.bitPattern)) }
    for row in stride(from: 0, to: rows, by: max(1, rows / 9)) {
      for column in 0..<columns {
        let sum = (0..<depth).reduce(Double(start[row * columns + column])) {
          $0 + Double(a[row * depth + $1]) * Double(b[$1 * columns + column])
        }
        #expect(abs(Double(results[0][row * columns + column]) - sum) < 1e-4)
      }
    }
  }

  @Test func transposes() throws {
    let (rows, columns, stride) = (37, 45, 50)
    let x = randomFloats(rows * stride, seed: 1)
    let factors = randomFloats(rows, seed: 2)
    var out = [Float](repeating: 0, count: rows * columns)
    try MatrixProducts(pool: pool()).transpose(
      x, stride: stride, rows: rows, columns: columns, factors: factors, into: &out)
    for row in 0..<rows {
      for column in 0..<columns { #expect(out[column * rows + row] == factors[row] * x[row * stride + column]) }
    }
  }
}
