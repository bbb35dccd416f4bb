import Foundation

extension RecordCodec {
  /// Writes the JSON of a training run, in the same stable layout as a run's.
  ///
  /// Throws `RecordError.badField` when a number is not finite.
  public static func encode(_ training: TrainingRecord) throws -> Data {
    try encode(training, named: training.name)
  }

  /// Reads a training run.
  ///
  /// `file` names the source in errors. Throws `RecordError`: a newer schema is refused by name, another record by what
  /// it is. Never traps, whatever the bytes.
  public static func decodeTraining(_ data: Data, file: String = "training") throws -> TrainingRecord {
    _ = try schema(of: data, file: file, kind: TrainingRecord.kind, known: TrainingRecord.currentSchema)
    do {
      let training = try JSONDecoder().decode(TrainingRecord.self, from: data)
      try training.validate(file: file)
      return training
    } catch let error as DecodingError {
      throw RecordError(error, file: file)
    }
  }
}

extension RecordFile {
  /// What the record of a training run is called in its folder.
  public static let trainingName = "training.json"

  /// Reads the record of a training run.
  ///
  /// Throws `RecordError`, which names the file.
  public static func readTraining(_ path: String) throws -> TrainingRecord {
    try RecordCodec.decodeTraining(try bytes(of: path), file: path)
  }

  /// Writes the record of a training run atomically, making the folder if need be.
  ///
  /// Throws `RecordError`; the old file is then untouched.
  public static func write(_ training: TrainingRecord, to path: String) throws {
    try write(try RecordCodec.encode(training), to: path)
  }
}

extension TrainingRecord {
  /// Refuses what the types allow and no run can have written, so that readers need not check again.
  ///
  /// Throws `RecordError.badField`.
  fileprivate func validate(file: String) throws {
    for (key, count) in [
      ("threads", threads), ("model.layers", model.layers), ("model.hidden", model.hidden),
      ("model.heads", model.heads), ("model.kv_heads", model.kvHeads), ("model.head_dim", model.headDim),
      ("model.feed_forward", model.feedForward), ("model.vocabulary", model.vocabulary),
      ("model.positions", model.positions), ("model.parameters", model.parameters), ("text.tokens", text.tokens),
      ("settings.context", settings.context), ("settings.sequences", settings.sequences),
      ("settings.steps", settings.steps), ("settings.evaluate_every_steps", settings.evaluateEverySteps),
    ] {
      try require(count, in: 1...largestNumber, file: file, key: key)
    }
    for (key, count) in [
      ("step", step), ("time_train_ns", timeTrainNs), ("model.parameters_ternary", model.parametersTernary),
      ("text.sequences_train", text.sequencesTrain), ("text.sequences_held_out", text.sequencesHeldOut),
      ("settings.warmup", settings.warmup), ("settings.second_stage_step", settings.secondStageStep),
    ] {
      try require(count, in: 0...largestNumber, file: file, key: key)
    }
    try weights?.validate(file: file)
  }
}

extension TrainingWeights {
  /// The most weights of a matrix: sums over a model of a million of them cannot overflow.
  private static let mostWeights = 1 << 40

  fileprivate func validate(file: String) throws {
    try require(step, in: 0...largestNumber, file: file, key: "weights.step")
    var seen: Set<[String]> = []
    for (index, matrix) in matrices.enumerated() {
      let key = "weights.matrices[\(index)]"
      try require(matrix.layer, in: 0...PhaseRecord.largestCount, file: file, key: "\(key).layer")
      guard seen.insert([String(matrix.layer), matrix.projection]).inserted else {
        throw RecordError.badField(
          file: file, key: key, detail: "\(matrix.projection) of layer \(matrix.layer) occurs twice")
      }
      guard matrix.meanMagnitude > 0 else {
        throw RecordError.badField(
          file: file, key: "\(key).mean_magnitude", detail: "\(matrix.meanMagnitude) is not above 0")
      }
      guard matrix.histogram.count == Self.bins else {
        throw RecordError.badField(
          file: file, key: "\(key).histogram", detail: "\(matrix.histogram.count) bins where \(Self.bins) are needed")
      }
      let counts = [matrix.minusOnes, matrix.zeros, matrix.plusOnes, matrix.below, matrix.above] + matrix.histogram
      for count in counts { try require(count, in: 0...Self.mostWeights, file: file, key: key) }
      let binned = matrix.histogram.reduce(matrix.below + matrix.above, +)
      guard matrix.count == binned, matrix.count > 0 else {
        throw RecordError.badField(
          file: file, key: key,
          detail: "\(matrix.count) codes and \(binned) weights in the histogram; they are the same")
      }
    }
  }
}
