import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

@testable import Training

/// Whole runs on a few stories: what they leave on the disk.
@Suite struct RunTests {
  private func configuration(_ folder: String, steps: Int = 6, quantizer: Quantizer = .ternary) -> TrainingConfiguration
  {
    TrainingConfiguration(
      name: "test", shape: tinyShape(vocabulary: 300), quantizer: quantizer, corpus: .stories(count: 40, seed: 1),
      validation: 0.1, vocabulary: .trained(entries: 300), context: 16, sequences: 3,
      schedule: LearningSchedule(
        steps: steps, warmup: 2, peak: 3e-3, stageEnd: 2e-3, secondPeak: 1e-3, secondStage: 0.5, weightDecay: 0.1),
      seed: 5, evaluation: .init(everySteps: 2, sequencesMost: 4, patience: nil), saveEverySteps: 2, output: folder)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test("the exported model gives the engine the trainer's logits", arguments: [(4, 2), (3, 3)])
  func engineAgrees(heads: Int, kvHeads: Int) throws {
    try withFolder { folder in
      var settings = configuration(folder)
      settings.shape = tinyShape(vocabulary: 300, heads: heads, kvHeads: kvHeads)
      let run = try TrainingRun(settings, pool: pool(), resume: false)
      #expect(try run.run() == .finished)
      let kernel = try KernelRegistry.resolve("naive")
      let exported = try Transformer.load(path: folder + "/model", kernel: kernel, pool: pool(), hashing: false)
      let ids = Array(run.stream.ids[0..<16])
      let logits = try Session(model: exported, kernel: kernel, pool: pool(), context: 16).forward(ids, logits: .all)
      // The last evaluation was the best, or the export would be of an earlier step.
      let best = try #require(run.bestLoss)
      #expect(run.validationLoss() == best)
      let batch = ids + ids + ids
      _ = run.model.loss(batch, targets: batch, gradients: false)
      for row in 0..<16 {
        let state = run.model.work.states.address + row * run.shape.hidden
        let embedding = run.model.parameters.masters(run.model.parameters.layout.embedding)
        for token in 0..<run.shape.vocabulary {
          let sum = (0..<run.shape.hidden).reduce(0.0) {
            $0 + Double(state[$1]) * Double(embedding[token * run.shape.hidden + $1])
          }
          #expect(abs(Double(logits[row][token]) - sum) < 1e-4)
        }
      }
    }
  }

  @Test("a run that was interrupted and resumed ends as one that was not, to the bit") func resumes() throws {
    try withFolder { folder in
      let (whole, parts) = (folder + "/whole", folder + "/parts")
      #expect(try TrainingRun(configuration(whole), pool: pool(1), resume: false).run() == .finished)
      var steps = 0
      let first = try TrainingRun(configuration(parts), pool: pool(3), resume: false)
      #expect(try first.run(isInterrupted: { steps == 3 }, { if case .step = $0 { steps += 1 } }) == .interrupted)
      let second = try TrainingRun(configuration(parts), pool: pool(2), resume: true)
      #expect(second.step == 3)
      #expect(try second.run() == .finished)
      for name in ["checkpoint.safetensors", "model/model.safetensors", "tokenizer.json"] {
        let bytes = try [whole, parts].map { try Data(contentsOf: URL(fileURLWithPath: "\($0)/\(name)")) }
        #expect(bytes[0] == bytes[1], "\(name)")
      }
      let rows = try [whole, parts].map { folder in
        try String(contentsOfFile: folder + "/metrics.csv", encoding: .utf8).split(separator: "\n").map { row in
          // All but the speed.
          row.split(separator: ",", omittingEmptySubsequences: false).enumerated().filter { $0.offset != 7 }
            .map { String($0.element) }
        }
      }
      #expect(rows[0] == rows[1] && rows[0].count == 7)
      #expect(!rows.joined().joined().contains { $0.contains("nan") || $0.contains("inf") })
    }
  }

  @Test("the loss falls, ternary or not", arguments: Quantizer.allCases) func learns(quantizer: Quantizer) throws {
    try withFolder { folder in
      var losses: [Double] = []
      let run = try TrainingRun(configuration(folder, steps: 60, quantizer: quantizer), pool: pool(), resume: false)
      _ = try run.run(isInterrupted: { false }) { if case .step(let metrics) = $0 { losses.append(metrics.loss) } }
      #expect(abs(losses[0] - log(300)) < 0.2)
      #expect((losses.suffix(5).reduce(0, +) / 5) < losses[0] - 0.7, "\(losses)")
      let hasModel = FileManager.default.fileExists(atPath: folder + "/model/config.json")
      #expect(hasModel == (quantizer == .ternary))
    }
  }

  @Test func stopsEarly() throws {
    try withFolder { folder in
      var settings = configuration(folder, steps: 50)
      // Steps too small to move a float: nothing is ever gained after the first evaluation.
      settings.schedule = LearningSchedule(
        steps: 50, warmup: 0, peak: 1e-30, stageEnd: 0, secondPeak: 0, secondStage: 1, weightDecay: 0)
      settings.evaluation.patience = 2
      let run = try TrainingRun(settings, pool: pool(), resume: false)
      #expect(try run.run() == .stoppedEarly)
      #expect(run.step == 6)
    }
  }

  @Test("a loss that is not finite ends the run, names the layer and keeps the checkpoint") func notFinite() throws {
    try withFolder { folder in
      _ = try TrainingRun(configuration(folder, steps: 2), pool: pool(), resume: false).run()
      let path = folder + "/checkpoint.safetensors"
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let run = try TrainingRun(configuration(folder, steps: 6), pool: pool(), resume: true)
      let entry = run.model.parameters.layout.layers[1].gate
      run.model.parameters.masters(entry)[3] = .nan
      let message = message { _ = try run.run() }
      #expect(message.contains("model.layers.1.mlp.gate_proj") && message.contains("lower learning_rate"), "\(message)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      // An activation that overflows, with masters that are all finite.
      let other = try TrainingRun(configuration(folder, steps: 6), pool: pool(), resume: true)
      other.model.parameters.masters(other.model.parameters.layout.layers[1].value)[0] = 3e38
      other.model.parameters.masters(other.model.parameters.layout.layers[1].attentionNorm)[0] = 3e38
      let activation = self.message { _ = try other.run() }
      #expect(activation.contains("layer 1") || activation.contains("gradient of"), "\(activation)")
    }
  }

  @Test func checkpointsOfOtherRunsAreRefused() throws {
    try withFolder { folder in
      #expect(
        message { _ = try TrainingRun(configuration(folder), pool: pool(), resume: true) }.contains("no checkpoint"))
      _ = try TrainingRun(configuration(folder, steps: 2), pool: pool(), resume: false).run()
      #expect(message { _ = try TrainingRun(configuration(folder), pool: pool(), resume: false) }.contains("--resume"))
      var other = configuration(folder)
      other.shape.feedForward = 48
      #expect(message { _ = try TrainingRun(other, pool: pool(), resume: true) }.contains("has shape [40, 24]"))
      other = configuration(folder)
      other.seed = 6
      #expect(message { _ = try TrainingRun(other, pool: pool(), resume: true) }.contains("another text"))
      let path = URL(fileURLWithPath: folder + "/checkpoint.safetensors")
      let whole = try Data(contentsOf: path)
      var random = RandomNumbers(seed: 1)
      for _ in 0..<40 {
        var damaged = whole.prefix(random.below(whole.count))
        if damaged.count > 8 { damaged[random.below(min(damaged.count, 2000))] ^= UInt8(1 << random.below(8)) }
        try damaged.write(to: path)
        #expect(!message { _ = try TrainingRun(configuration(folder), pool: pool(), resume: true) }.isEmpty)
      }
    }
  }

  @Test("a save that fails leaves the old checkpoint") func failedSave() throws {
    try withFolder { folder in
      let run = try TrainingRun(configuration(folder, steps: 2), pool: pool(), resume: false)
      _ = try run.run()
      let path = folder + "/checkpoint.safetensors"
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let entry = SafetensorsWriter.Entry(
        name: "a", type: .u8, shape: [4], bytes: UnsafeRawBufferPointer(start: run.model.work.x.address, count: 4))
      #expect(throws: ModelFileError.self) { try SafetensorsWriter.write([entry], to: "/dev/full") }
      #expect(throws: ModelFileError.self) { try SafetensorsWriter.write([entry], to: folder + "/none/a.safetensors") }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.hasSuffix(".partial") })
    }
  }

  @Test("what is written is read: names, shapes, bytes") func safetensors() throws {
    try withFolder { folder in
      let path = folder + "/a.safetensors"
      let (bytes, floats): ([UInt8], [Float]) = ([1, 2, 3], [1, -2.5])
      try bytes.withUnsafeBytes { bytes in
        try floats.withUnsafeBytes { floats in
          try SafetensorsWriter.write(
            [
              .init(name: "a \"quoted\" näme", type: .u8, shape: [3], bytes: bytes),
              .init(name: "empty", type: .f32, shape: [0, 7], bytes: UnsafeRawBufferPointer(rebasing: bytes[0..<0])),
              .init(name: "b", type: .f32, shape: [2, 1], bytes: floats),
            ], metadata: ["format": "pt"], to: path)
        }
      }
      let file = try SafetensorsFile(path: path)
      #expect(file.tensors.count == 3)
      #expect(file.tensors["a \"quoted\" näme"].map { Array($0.bytes) } == bytes)
      #expect(try file.tensors["b"]?.finiteFloats(shape: [2, 1]) == floats)
    }
  }

  @Test("settings that nobody can train") func impossibleSettings() throws {
    let good = configuration("/nonexistent")
    try good.validate()
    let changes: [(String, (inout TrainingConfiguration) -> Void)] = [
      ("kvHeads", { $0.shape.kvHeads = 0 }), ("do not divide", { $0.shape.kvHeads = 3 }),
      ("multiple of 8", { $0.shape.hidden = 20 }), ("head_dim", { $0.shape.headDim = 12 }),
      ("gelu", { $0.shape.activation = .gelu }), ("sub-norms", { $0.shape.subNorms = false }),
      ("context is 65", { $0.context = 65 }), ("context is 0", { $0.context = 0 }),
      ("steps is 0", { $0.schedule.steps = 0 }), ("warmup", { $0.schedule.warmup = 7 }),
      ("learning_rate", { $0.schedule.peak = .nan }), ("validation", { $0.validation = 1 }),
      ("vocabulary", { $0.vocabulary = .trained(entries: 258) }), ("16 Mi", { $0.sequences = 1 << 22 }),
      ("patience", { $0.evaluation.patience = 0 }), ("stories", { $0.corpus = .stories(count: 0, seed: 1) }),
    ]
    for (expected, change) in changes {
      var settings = good
      change(&settings)
      let message = message { try settings.validate() }
      #expect(message.contains(expected), "\(expected): \(message)")
    }
  }
}
