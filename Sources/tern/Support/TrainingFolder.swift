import Foundation
import Records
import Reports
import Training

/// The folder that `tern train` writes, as `tern report` reads it.
enum TrainingFolder {
  /// The folder that an argument means: a folder itself, or the one around a file of its own; nil for a record.
  static func of(_ path: String) -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    if isFolder.boolValue { return path }
    guard [TrainingCurves.fileName, RecordFile.trainingName].contains((path as NSString).lastPathComponent) else {
      return nil
    }
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// Reads a run; what cannot be read beside its curves is a problem, and the curves are drawn all the same.
  ///
  /// - Throws: `CommandError` or `TrainingCurvesError` that names the file, where there are no curves.
  static func read(_ folder: String) throws -> (run: TrainedRun, problems: [PageProblem]) {
    let path = "\(folder)/\(TrainingCurves.fileName)"
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandError(
        "\(folder): has no \(TrainingCurves.fileName), so it is no folder of tern train. Records are named as files; "
          + "for all of a folder: tern report --history FOLDER")
    }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw CommandError("\(path): cannot be read: \(error.localizedDescription)")
    }
    let curves = try TrainingCurves(csv: data, file: path)
    var problems: [PageProblem] = []
    func attempt<Value>(_ file: String, _ read: () throws -> Value?) -> Value? {
      do { return try read() } catch {
        let text = "\(error)"
        problems.append(
          PageProblem(
            subject: file, reason: text.hasPrefix("\(file): ") ? String(text.dropFirst(file.count + 2)) : text))
        return nil
      }
    }
    let recordPath = "\(folder)/\(RecordFile.trainingName)"
    let record = attempt(recordPath) {
      FileManager.default.fileExists(atPath: recordPath) ? try RecordFile.readTraining(recordPath) : nil
    }
    let checkpoint = TrainingRun.checkpoint(in: folder)
    let weights =
      attempt(checkpoint) { try newest(checkpoint, recorded: record?.weights) }
      ?? attempt("\(folder)/model/model.safetensors") { try model(folder) }
    return (TrainedRun(folder: folder, curves: curves, record: record, weights: weights), problems)
  }

  /// The weights of a checkpoint, unless the record has counted the same; nil without either.
  private static func newest(_ checkpoint: String, recorded: TrainingWeights?) throws -> TrainingWeights? {
    guard FileManager.default.fileExists(atPath: checkpoint) else { return recorded }
    if let recorded, recorded.step == (try MasterWeights.step(of: checkpoint)) { return recorded }
    return try weights(of: checkpoint)
  }

  /// The weights of the model with the lowest loss, where no newer state was saved.
  private static func model(_ folder: String) throws -> TrainingWeights? {
    let path = "\(folder)/model/model.safetensors"
    return FileManager.default.fileExists(atPath: path) ? try weights(of: path) : nil
  }

  /// Counts the weights of a file.
  ///
  /// - Throws: `ModelFileError` or `TrainingError` that names it.
  static func weights(of path: String) throws -> TrainingWeights {
    let masters = try MasterWeights.read(path, bins: TrainingWeights.bins, range: Float(TrainingWeights.range))
    return TrainingWeights(
      step: try MasterWeights.step(of: path),
      matrices: masters.map { matrix in
        TrainingWeights.Matrix(
          layer: matrix.layer, projection: matrix.projection, meanMagnitude: Double(matrix.meanMagnitude),
          minusOnes: matrix.minusOnes, zeros: matrix.zeros, plusOnes: matrix.plusOnes, below: matrix.below,
          above: matrix.above, histogram: matrix.histogram)
      })
  }
}
