import Records

extension GateRules {
  /// The rules that `tern gate` begins with; every number has its reason beside it.
  public static let standard = GateRules(
    // Time: code alignment alone moves a kernel by about as much, and nobody would fix it.
    marginTime: 0.01,
    // Energy meters are coarser, and the idle power of a package wanders by a percent within minutes.
    marginEnergy: 0.02,
    // Counts repeat: a thousandth is what another compiler version or a longer path may add.
    marginDeterministic: 0.001,
    // One false flag in two hundred at the margin itself; at no change at all it is below one in ten thousand.
    alpha: 0.005,
    // Of the flags of a suite one in twenty may be false before the confirmation.
    falseDiscoveryRate: 0.05,
    // A second look at fresh blocks multiplies the false flags by this.
    confirmationAlpha: 0.05,
    // Twenty blocks see 3 % on a shared machine; whoever is undecided gets twice as many, twice.
    looks: [20, 40, 80],
    // With fewer even blocks that all agree have p = 2⁻ⁿ above `alpha`.
    blocksLeast: 8,
    // Where more is disturbed, the machine is what was measured.
    droppedFractionMost: 0.2,
    // The usual level.
    level: 0.95,
    // Ten times the range of two runs per side: with normal noise, a change of exactly the margin is then flagged in
    // 0.13 % of simulated cases, less than the part of `alpha` that one of three looks has.
    spreadFactor: 10,
    // What "could have seen" means: nine times in ten.
    power: 0.9)

  /// Why nothing can be judged by these rules; nil where it can.
  var problem: String? {
    guard let first = looks.first, let last = looks.last, zip(looks, looks.dropFirst()).allSatisfy({ $0 < $1 }) else {
      return "the rules name no ascending looks"
    }
    return first >= 1 && last <= Self.mostBlocks ? nil : "a look needs 1 to \(Self.mostBlocks) blocks"
  }

  /// How much worse a metric may become before it counts, as a share.
  public func margin(of key: GateKey) -> Double {
    if let margin = margins[key.metric] { return margin }
    if key.isDeterministic || key.metric == "counter_instructions" { return marginDeterministic }
    let isEnergy = ["energy_", "power_", "rate_tokens_per_kwh"].contains { key.metric.hasPrefix($0) }
    return isEnergy ? marginEnergy : marginTime
  }
}
