/// What one layer of a decoder-hybrid-decoder does before its feed-forward (SambaY, arXiv:2507.06607).
public enum HybridLayerKind: String, Sendable, CaseIterable, Codable {
  /// Selective state space (Mamba-1).
  case mamba
  /// Differential attention to the last positions.
  case window
  /// Differential attention to all positions: its keys and values serve the layers behind it.
  case full
  /// A gate on the memory of the last Mamba layer.
  case gatedMemory = "gmu"
  /// Differential attention with queries alone, to the keys and values of the full attention.
  case cross

  /// The kind of one of `layers` layers, a multiple of 4.
  ///
  /// Even layers up to the middle are Mamba layers; the full attention follows the last of them.
  public init(layer: Int, of layers: Int) {
    let (isEven, middle) = (layer.isMultiple(of: 2), layers / 2)
    if isEven {
      self = layer <= middle ? .mamba : .gatedMemory
    } else {
      self = layer < middle ? .window : layer == middle + 1 ? .full : .cross
    }
  }
}
