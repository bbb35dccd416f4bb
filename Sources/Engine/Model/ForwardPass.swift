import Kernels

/// A model's forward pass with the memory and the state of one session: what `Session` runs, whatever the graph.
protocol ForwardPass: AnyObject {
  /// Hears when each part is done.
  var observer: (any ForwardObserver)? { get set }
  var op: Operations { get }
  /// [batch, hidden]: the residual stream
  var x: UnsafeMutablePointer<Float> { get }

  /// Runs all layers for tokens at positions p, p + 1, …: afterwards the state is that behind them, and `x` holds the
  /// residual stream of the last `wanted` tokens, at their places.
  func forward(_ ids: ArraySlice<Int32>, at p: Int, wanted: Int) throws

  /// x = norm(x) for `rows` tokens from `first` on: [rows, hidden], in place.
  func normaliseStates(first: Int, rows: Int) throws

  /// Goes back to the state behind the first `position` tokens, or behind as many of them as it can; gives how many.
  func rewind(to position: Int) -> Int

  /// Remembers the state behind `position` tokens, where the pass cannot go back to it otherwise.
  func remember(_ position: Int)

  /// Puts the state behind `position` tokens, at least one, that nobody read: its numbers are drawn from a seed.
  func fill(to position: Int, seed: UInt64) throws

  /// Multiplies `tokens` arbitrary vectors, at most a batch, with every matrix of every layer.
  func runMatrices(tokens: Int)

  /// The same for the matrices of one role in each of the first `layers` layers.
  func runMatrices(tokens: Int, role: TransformerShape.Role, layers: Int)
}
