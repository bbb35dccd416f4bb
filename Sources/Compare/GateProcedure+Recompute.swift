import Records

extension GateProcedure {
  /// Computes the verdicts of a gate again from the values that its result holds.
  ///
  /// They are equal to those that it holds, to the last bit, where nobody changed either.
  public static func recompute(_ gate: GateRecord) -> [GateVerdict] {
    let keys = gate.verdicts.compactMap { verdict in
      Metric.named(verdict.metric).flatMap {
        GateKey(cell: verdict.cell, metric: $0, isDeterministic: verdict.deterministic, advisory: verdict.advisory)
      }
    }
    var procedure = GateProcedure(rules: gate.rules, keys: keys, seed: gate.seed)
    var left: [GateKey: ArraySlice<GateBlockRecord>] = [:]
    for (key, verdict) in zip(keys, gate.verdicts) { left[key] = verdict.blocks[...] }
    var isMoving = true
    while isMoving {
      isMoving = false
      for request in procedure.wanted() {
        for key in keys where key.cell == request.cell && request.metrics.contains(key.metric) {
          for _ in request.orders {
            guard let block = left[key]?.first, block.stage == request.stage else { break }
            left[key]?.removeFirst()
            let values = Block(base: block.base, head: block.head, order: block.order, vetoes: block.dropped ?? [])
            do { try procedure.add(values, cell: key.cell, metric: key.metric, stage: request.stage) } catch { break }
            isMoving = true
          }
        }
      }
      // What had no more blocks was ended from outside, with a reason that the blocks cannot tell.
      guard !isMoving, let request = procedure.wanted().first else { continue }
      for verdict in gate.verdicts where verdict.cell == request.cell && request.metrics.contains(verdict.metric) {
        guard let reason = verdict.reason else { continue }
        if verdict.verdict == .invalid {
          procedure.fail(cell: verdict.cell, metrics: [verdict.metric], because: reason)
        } else {
          procedure.stop(cell: verdict.cell, metrics: [verdict.metric], because: reason)
        }
        isMoving = true
      }
    }
    return procedure.verdicts()
  }
}
