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
  ///   - progress: hears how many bytes of tensors are done.
  ///   - convert: writes the bytes of a tensor, and adds to the tally what was made ternary.
  /// - Returns: what making projections ternary did to them, role by role; nothing where none was made so.
  /// - Throws: what `convert` throws; `ModelFileError` when the file cannot be written.
  func write(
    to path: String, progress: (Int) -> Void,
    convert: (Job, inout TernarizationTally, _ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws -> [TernarizationError] {
    var done = 0
    var tally = TernarizationTally()
    try writer.write(to: path) { index, write in
      try convert(jobs[index], &tally) { bytes in
        try write(bytes)
        done += bytes.count
        progress(done)
      }
    }
    return tally.errors
  }
}
