import CKernels

/// The products of large matrices: tiles of y from panels, which hold what a tile reads in the order in which it does.
extension VectorOps {
  /// The rows of y that a tile has, a multiple of 4.
  public var tileRows: Int { row.pointee.tile_rows }
  /// The columns of y that a tile has.
  public var tileColumns: Int { row.pointee.tile_columns }

  /// Adds a·b to one tile of y, each sum in the order of `depth`, as `multiplyAdd` does.
  ///
  /// a: a panel [depth, tileRows], b: one [depth, tileColumns].
  public func multiplyTile(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, depth: Int, to y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    row.pointee.multiply_tile(a, b, depth, y, stride)
  }
}

/// Packs matrices into panels [panel][depth][width], zeros where the last panel has more lines than the matrix.
public enum Panels {
  /// Packs rows of memory that run along the depth: [lines, depth], `stride` floats apart, each times its factor.
  public static func packAlong(
    _ x: UnsafePointer<Float>, stride: Int, lines: Int, depth: Int, width: Int, factors: UnsafePointer<Float>?,
    into out: UnsafeMutablePointer<Float>
  ) {
    ck_pack_along(x, stride, lines, depth, width, factors, out)
  }

  /// Packs rows of memory that are one step of the depth: [depth, lines], `stride` floats apart, each times its factor.
  public static func packAcross(
    _ x: UnsafePointer<Float>, stride: Int, lines: Int, depth: Int, width: Int, factors: UnsafePointer<Float>?,
    into out: UnsafeMutablePointer<Float>
  ) {
    ck_pack_across(x, stride, lines, depth, width, factors, out)
  }
}
