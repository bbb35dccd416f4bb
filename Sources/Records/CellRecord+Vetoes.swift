extension SampleRecord {
  /// Whether the environment vetoed this repetition: it stands, and no verdict may rest on it.
  public var isVetoed: Bool { !(vetoes ?? []).isEmpty }
}

extension CellRecord {
  /// Ids of the warnings that vetoed repetitions of this cell, sorted; empty where all can be trusted.
  ///
  /// Those of `replacedSamples` are not among them: these repetitions were run again, and the last try stands.
  public var vetoes: [String] { Set(samples.flatMap { $0.vetoes ?? [] }).sorted() }

  /// Whether some repetition of this cell was vetoed each time that it was run.
  public var isVetoed: Bool { samples.contains(where: \.isVetoed) }
}
