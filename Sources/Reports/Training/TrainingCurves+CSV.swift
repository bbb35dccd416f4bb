import Foundation

extension TrainingCurves {
  /// What the file is called in a training run's folder.
  public static let fileName = "metrics.csv"

  /// The columns of every file; those of the layers, `zeros_layer_0` and on, follow.
  static let columns = [
    "step", "tokens", "loss", "perplexity", "learning_rate", "weight_decay", "gradient_norm", "tokens_per_s",
    "validation_loss", "validation_perplexity",
  ]

  /// Reads a file; `file` is what errors call it.
  ///
  /// - Throws: `TrainingCurvesError` for another heading, a file without steps, a row that is longer or shorter, steps
  ///   out of order, and numbers that are none, NaN and infinity among them.
  public init(csv data: Data, file: String) throws {
    guard data.count <= Self.largestFile else {
      throw TrainingCurvesError(file: file, line: 0, "longer than \(Self.largestFile >> 20) MiB: not a run's metrics")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw TrainingCurvesError(file: file, line: 0, "not UTF-8 text, so not the metrics of tern train")
    }
    let table: [CSVRow]
    do { table = try CSVRow.rows(of: text) } catch let error as CSVError {
      throw TrainingCurvesError(file: file, line: error.line, error.problem)
    }
    layers = try Self.layers(heading: table.first?.fields ?? [], file: file)
    let width = Self.columns.count + layers
    var rows: [Row] = []
    rows.reserveCapacity(table.count)
    for line in table.dropFirst() {
      guard line.fields.count == width else {
        throw TrainingCurvesError(
          file: file, line: line.line,
          "\(line.fields.count) fields where the heading has \(width); where the file was cut while it was written, "
            + "resume the run, or delete the line")
      }
      let row = try Row(Fields(file: file, line: line))
      if let last = rows.last, row.step <= last.step || row.tokens <= last.tokens {
        throw TrainingCurvesError(
          file: file, line: line.line,
          "step \(row.step) with \(row.tokens) tokens stands behind step \(last.step) with \(last.tokens); both must grow"
        )
      }
      rows.append(row)
    }
    guard !rows.isEmpty else {
      throw TrainingCurvesError(file: file, line: 0, "holds no step yet; wait for the first, or train again")
    }
    self.rows = rows
  }

  /// 256 MiB: a run of a million steps with 8 layers has less.
  private static let largestFile = 256 << 20

  private static func layers(heading: [String], file: String) throws -> Int {
    let layers = heading.dropFirst(columns.count)
    guard heading.starts(with: columns),
      layers.elementsEqual(layers.indices.map { "zeros_layer_\($0 - columns.count)" })
    else {
      let isEmpty = heading.isEmpty || heading == [""]
      throw TrainingCurvesError(
        file: file, line: isEmpty ? 0 : 1,
        (isEmpty ? "is empty" : "the heading is not that of tern train")
          + "; it must be \"\(columns.joined(separator: ","))\" and a column zeros_layer_0, … for each layer")
    }
    return layers.count
  }

  /// One row, which knows where it stands.
  fileprivate struct Fields {
    let file: String
    let line: CSVRow

    func text(_ column: String) -> String {
      TrainingCurves.columns.firstIndex(of: column).map { line.fields[$0] } ?? ""
    }

    func count(_ column: String) throws -> Int {
      let text = text(column)
      // 2⁵³: what a Double holds exactly.
      guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let value = Int(text),
        1...(1 << 53) ~= value
      else { throw error(column, text, "not a whole number above 0") }
      return value
    }

    func number(_ column: String) throws -> Double {
      guard let value = try optional(column, text(column)) else { throw error(column, "", "not a number") }
      return value
    }

    func optional(_ column: String, _ text: String, most: Double = .infinity) throws -> Double? {
      guard !text.isEmpty else { return nil }
      // Double(_:) would also take "0x1p3", "inf" and "nan".
      guard text.utf8.allSatisfy({ Self.numberBytes.contains($0) }), let value = Double(text), value.isFinite else {
        throw error(column, text, "not a finite decimal number")
      }
      guard 0...most ~= value else {
        throw error(column, text, most.isFinite ? "not between 0 and \(Int(most))" : "below 0")
      }
      return value
    }

    private static let numberBytes = Set("0123456789.eE+-".utf8)

    func error(_ column: String, _ text: String, _ problem: String) -> TrainingCurvesError {
      TrainingCurvesError(
        file: file, line: line.line, "column \(column): \"\(text.prefix(40))\" is \(problem)")
    }
  }
}

extension TrainingCurves.Row {
  fileprivate init(_ fields: TrainingCurves.Fields) throws {
    step = try fields.count("step")
    tokens = try fields.count("tokens")
    loss = try fields.number("loss")
    learningRate = try fields.number("learning_rate")
    weightDecay = try fields.number("weight_decay")
    gradientNorm = try fields.number("gradient_norm")
    tokensPerSecond = try fields.number("tokens_per_s")
    heldOut = try fields.optional("validation_loss", fields.text("validation_loss"))
    // Perplexities are e to the losses and are not stored twice; what is no number is an error all the same.
    for column in ["perplexity", "validation_perplexity"] {
      _ = try fields.optional(column, fields.text(column))
    }
    let texts = fields.line.fields.dropFirst(TrainingCurves.columns.count)
    let zeros = try texts.enumerated().map { layer, text in
      try fields.optional("zeros_layer_\(layer)", text, most: 1)
    }
    let counted = zeros.compactMap(\.self)
    guard counted.isEmpty || counted.count == zeros.count else {
      throw fields.error(
        "zeros_layer_\(zeros.firstIndex { $0 == nil } ?? 0)", "", "empty where other layers have a share")
    }
    self.zeros = counted.isEmpty ? nil : counted
  }
}

/// Says what is wrong with the metrics of a training run, and in which line.
public struct TrainingCurvesError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file as it was named.
  public let file: String
  /// The line, from 1; 0 for the file as a whole.
  public let line: Int
  /// What is wrong.
  public let problem: String

  init(file: String, line: Int, _ problem: String) {
    self.file = file
    self.line = line
    self.problem = problem
  }

  /// "out/metrics.csv:12: column loss: …".
  public var description: String { line > 0 ? "\(file):\(line): \(problem)" : "\(file): \(problem)" }
}
