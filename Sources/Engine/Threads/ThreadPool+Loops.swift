extension ThreadPool {
  /// Cuts `rows` into one contiguous range per thread, at multiples of `block`, and calls `body` on each thread that
  /// got any.
  ///
  /// The cut depends on nothing but the three numbers, so a thread reads the same weights in every call: its caches
  /// and its memory node stay useful.
  public func parallelRows(
    _ rows: Int, multipleOf block: Int, _ body: (_ thread: Int, _ rows: Range<Int>) -> Void
  ) {
    run { thread in
      let range = Self.share(of: rows, block: block, thread: thread, threads: threads)
      if !range.isEmpty { body(thread, range) }
    }
  }

  /// Calls `body` once for every item of `0..<count`; threads take the next item when they are free.
  ///
  /// Which thread gets an item is not defined, so an item's result must not depend on it. One item runs on the caller.
  public func parallelItems(_ count: Int, _ body: (_ thread: Int, _ item: Int) -> Void) {
    guard count > 1, threads > 1 else {
      for item in 0..<max(count, 0) { body(0, item) }
      return
    }
    run(itemsFromZero: true) { thread in
      var item = nextItem()
      while item < count {
        body(thread, item)
        item = nextItem()
      }
    }
  }

  /// The rows that the threads of one memory node get of so many, by the node's index.
  func rows(of node: Int, among rows: Int, block: Int) -> Range<Int> {
    let own = layout.threads(of: node)
    let shares = own.map { Self.share(of: rows, block: block, thread: $0, threads: threads) }
    return (shares.first?.lowerBound ?? 0)..<(shares.last?.upperBound ?? 0)
  }

  /// The rows of one thread: whole blocks, the first threads get one more when blocks do not divide evenly.
  static func share(of rows: Int, block: Int, thread: Int, threads: Int) -> Range<Int> {
    let blocks = (rows + block - 1) / block
    let (each, extra) = blocks.quotientAndRemainder(dividingBy: threads)
    let first = thread * each + min(thread, extra)
    let last = first + each + (thread < extra ? 1 : 0)
    return min(first * block, rows)..<min(last * block, rows)
  }
}
