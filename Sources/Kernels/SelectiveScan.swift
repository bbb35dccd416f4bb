import CKernels

/// The selective scan of Mamba-1 (arXiv:2312.00752) for a block of neighbouring channels: what `VectorOps.scan` runs.
///
/// Its equations and what each array holds stand at `ck_scan` in CKernels.h. Pointers are to the first token and
/// channel; rows of tokens lie a stride apart.
public struct SelectiveScan {
  /// Channels of a block: the states of so many lie side by side.
  public static let blockChannels = Int(CK_SCAN_CHANNELS)

  let row: ck_scan

  /// Names the arrays of one block; nothing is copied.
  ///
  /// - Parameters:
  ///   - decay: A, [states, blockChannels].
  ///   - hidden: the states, [states, blockChannels]: those before the first token, then those behind the last.
  ///   - y: where the sums go before the gate, [tokens, channels]; nil where nobody reads them.
  public init(
    tokens: Int, states: Int, channels: Int, deltaBias: UnsafePointer<Float>, skip: UnsafePointer<Float>,
    decay: UnsafePointer<Float>, hidden: UnsafeMutablePointer<Float>, delta: UnsafePointer<Float>, deltaStride: Int,
    u: UnsafePointer<Float>, uStride: Int, z: UnsafePointer<Float>, zStride: Int, b: UnsafePointer<Float>,
    c: UnsafePointer<Float>, selectedStride: Int, y: UnsafeMutablePointer<Float>?, out: UnsafeMutablePointer<Float>,
    outStride: Int
  ) {
    assert((1...Self.blockChannels).contains(channels))
    row = ck_scan(
      tokens: tokens, states: states, channels: channels, delta_bias: deltaBias, skip: skip, decay: decay,
      hidden: hidden, delta: delta, delta_stride: deltaStride, u: u, u_stride: uStride, z: z, z_stride: zStride, b: b,
      c: c, selected_stride: selectedStride, y: y, out: out, out_stride: outStride)
  }
}

extension VectorOps {
  /// Scans a block of channels over all of its tokens.
  public func scan(_ scan: SelectiveScan) {
    withUnsafePointer(to: scan.row) { row.pointee.selective_scan($0) }
  }
}
