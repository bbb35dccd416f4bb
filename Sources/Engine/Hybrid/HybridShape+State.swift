import Kernels
import ModelFiles

// What a session keeps between tokens: what grows with every one, and what does not.

extension HybridShape {
  /// Bytes that one more position takes: the keys and values of the full attention.
  public func cacheBytesPerToken(_ format: CacheFormat) -> Int {
    fullCache(context: KeyValueCache.panel).bytes(format) / KeyValueCache.panel
  }

  /// Bytes of the last keys and values of all window layers, once the window is full.
  public func windowBytes(_ format: CacheFormat) -> Int { windowCache(context: window, batch: 1).bytes(format) }

  /// Bytes of the states and the convolution tails of all Mamba layers.
  public var mambaBytes: Int { MambaState.bytes(self) }
}
