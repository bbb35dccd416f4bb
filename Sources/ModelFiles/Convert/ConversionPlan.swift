/// The tensors of a GGUF file to be written, and the header that announces them.
///
/// `Content` is where a tensor comes from, by which a converter makes its bytes.
struct ConversionPlan<Content> {
  /// A tensor of the file.
  struct Job {
    let name: String
    let content: Content
    /// As GGUF lists them: that of the numbers that are neighbours in memory first.
    let sizes: [Int]
    let type: GGMLType
  }

  private let jobs: [Job]
  private let writer: GGUFWriter

  /// The bytes of the file to be written.
  var byteCount: Int { writer.byteCount }

  /// Announces tensors behind the keys of a header.
  ///
  /// - Parameter path: that of the source, for errors.
  /// - Throws: `ModelFileError` when rows are no whole blocks of their type.
  init(_ jobs: [Job], header: GGUFWriter, path: String) throws {
    var writer = header
    for job in jobs {
      guard let tensor = GGUFWriter.Tensor(name: job.name, type: job.type, sizes: job.sizes) else {
        throw ModelFileError(
          file: path, part: job.name, problem: "rows of \(job.sizes[0]) are no whole blocks of \(job.type.name)")
      }
      writer.add(tensor)
    }
    self.jobs = jobs
    self.writer = writer
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Parameters:
  ///   - converter: makes the bytes of each tensor.
  ///   - forEachRow: runs the work on as many threads as the caller has.
  ///   - progress: hears how many bytes of tensors are done.
  /// - Returns: what making projections ternary did to them, role by role; nothing where none was made so.
  /// - Throws: what the converter throws; `ModelFileError` when the file cannot be written.
  func write<Converter: TensorConverter>(
    to path: String, by converter: Converter, forEachRow: RowLoop, progress: (Int) -> Void
  ) throws -> [TernarizationError] where Converter.Content == Content {
    var done = 0
    var tally = TernarizationTally()
    try writer.write(to: path) { index, write in
      try converter.convert(jobs[index], &tally, forEachRow: forEachRow) { bytes in
        try write(bytes)
        done += bytes.count
        progress(done)
      }
    }
    return tally.errors
  }
}

/// Makes the bytes of tensors from where they come from.
protocol TensorConverter {
  associatedtype Content

  /// Writes the bytes of one tensor, and adds to the tally what was made ternary.
  func convert(
    _ job: ConversionPlan<Content>.Job, _ tally: inout TernarizationTally, forEachRow: RowLoop,
    write: (UnsafeRawBufferPointer) throws -> Void
  ) throws
}
