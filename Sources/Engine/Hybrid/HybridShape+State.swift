// What a session keeps between tokens that does not grow with them.

extension HybridShape {
  /// Bytes of the last keys and values of all window layers, once the window is full.
  public func windowBytes(_ format: CacheFormat) -> Int { windowCache(context: window, batch: 1).bytes(format) }

  /// Bytes of the states and the convolution tails of all Mamba layers.
  public var mambaBytes: Int { MambaState.bytes(self) }
}
