import Engine
import Foundation
import Kernels
import Testing

@testable import Training

/// Products of matrices against plain sums, with the tiles of every instruction set.
@Suite struct ProductTests {
  static let available = KernelRegistry.vectorOps.filter(\.availability.isAvailable)

  /// A matrix in memory as it is, and turned; rows of memory a few floats further apart than they are long.
  private struct Stored {
    let values: [Float]
    let plain: [Float]
    let turned: [Float]
    let strides: (plain: Int, turned: Int)

    init(rows: Int, columns: Int, seed: UInt64) {
      values = randomFloats(rows * columns, seed: seed)
      strides = (columns + 3, rows + 5)
      var (plain, turned) = (
        [Float](repeating: .nan, count: rows * strides.plain), [Float](repeating: .nan, count: columns * strides.turned)
      )
      for row in 0..<rows {
        for column in 0..<columns {
          plain[row * strides.plain + column] = values[row * columns + column]
          turned[column * strides.turned + row] = values[row * columns + column]
        }
      }
      (self.plain, self.turned) = (plain, turned)
    }

    /// Hands out the matrix as it lies in one of the two ways.
    func with<Result>(turned isTurned: Bool, _ body: (MatrixProducts.Matrix) -> Result) -> Result {
      (isTurned ? turned : plain).withUnsafeBufferPointer {
        body(
          isTurned
            ? .transposed($0.baseAddress!, stride: strides.turned) : .rows($0.baseAddress!, stride: strides.plain))
      }
    }
  }

  @Test(
    "rows, depth and columns around the blocks' bounds",
    arguments: [
      (1, 1, 1), (3, 5, 7), (12, 256, 32), (13, 257, 33), (97, 40, 70), (193, 520, 8), (13, 400, 385), (200, 3, 800),
      (101, 300, 1601), (7, 600, 3100),
    ])
  func equalsSums(rows: Int, depth: Int, columns: Int) throws {
    let a = Stored(rows: rows, columns: depth, seed: 1)
    let b = Stored(rows: depth, columns: columns, seed: 2)
    let stride = columns + 2
    let start = randomFloats(rows * stride, seed: 3)
    var first: [Float]?
    for (vectors, threads) in Self.available.flatMap({ [($0, 1), ($0, 3)] }) {
      let products = try MatrixProducts(pool: pool(threads), vectors: vectors)
      for (isLeftTurned, isRightTurned) in [(false, false), (false, true), (true, false), (true, true)] {
        var y = start
        a.with(turned: isLeftTurned) { a in
          b.with(turned: isRightTurned) { b in
            products.add(a, b, rows: rows, depth: depth, columns: columns, to: &y, stride: stride)
          }
        }
        let expected = first ?? y
        first = expected
        #expect(y.map(\.bitPattern) == expected.map(\.bitPattern), "\(vectors.isa), \(threads) threads")
      }
    }
    let result = try #require(first)
    for row in Swift.stride(from: 0, to: rows, by: max(1, rows / 9)) {
      for column in 0..<columns {
        let sum = (0..<depth).reduce(Double(start[row * stride + column])) {
          $0 + Double(a.values[row * depth + $1]) * Double(b.values[$1 * columns + column])
        }
        #expect(abs(Double(result[row * stride + column]) - sum) < 1e-4)
      }
      // Behind the last column lies what lay there.
      #expect(result[row * stride + columns..<(row + 1) * stride] == start[row * stride + columns..<(row + 1) * stride])
    }
  }

  @Test("rows of memory are multiplied with their factors before", arguments: [false, true])
  func factors(isTurned: Bool) throws {
    let (rows, depth, columns) = (29, 50, 41)
    let a = randomFloats(rows * depth, seed: 1)
    let b = randomFloats(depth * columns, seed: 2)
    let factors = randomFloats(max(rows, depth), seed: 3)
    // a lies in memory [rows, depth], or turned [depth, rows].
    let memoryWidth = isTurned ? rows : depth
    let scaled = a.enumerated().map { factors[$0.offset / memoryWidth] * $0.element }
    for vectors in Self.available {
      let products = try MatrixProducts(pool: pool(), vectors: vectors)
      func product(_ a: [Float], _ factors: [Float]?) -> [Float] {
        var y = [Float](repeating: 0, count: rows * columns)
        a.withUnsafeBufferPointer { a in
          (factors ?? []).withUnsafeBufferPointer {
            let factors = factors == nil ? nil : $0.baseAddress
            let left: MatrixProducts.Matrix =
              isTurned
              ? .transposed(a.baseAddress!, stride: memoryWidth, factors: factors)
              : .rows(a.baseAddress!, stride: memoryWidth, factors: factors)
            b.withUnsafeBufferPointer { b in
              products.add(
                left, .rows(b.baseAddress!, stride: columns), rows: rows, depth: depth, columns: columns, to: &y,
                stride: columns)
            }
          }
        }
        return y
      }
      #expect(product(a, factors).map(\.bitPattern) == product(scaled, nil).map(\.bitPattern), "\(vectors.isa)")
    }
  }
}
