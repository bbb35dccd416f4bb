import Foundation
import Records

/// The cells of other programs.
extension CaseExpansion {
  /// Programs that a pattern means.
  func programs(_ pattern: String) throws -> [SuiteProgram] {
    let glob = Glob(pattern)
    let programs = suite.programs.filter { glob.matches($0.name) }
    guard !programs.isEmpty else {
      let names = suite.programs.map(\.name)
      throw error(
        "programs",
        names.isEmpty
          ? "there is no program \"\(pattern)\", because the suite has no [[program]]"
          : "there is no program \"\(pattern)\"" + NearestName.suggestion(for: pattern, in: names))
    }
    return try programs.map(checked)
  }

  /// The program once for each model that it runs, with that model's file and the name of Tern's equal one.
  ///
  /// A program without a model file of its own is given the GGUF files that the case names.
  func twins(
    of program: SuiteProgram, among subjects: [Subject]
  ) throws -> [(program: SuiteProgram, twin: String?)] {
    let models = subjects.compactMap { if case .model(let name) = $0 { name } else { nil } }
    let needsFile = program.kind == .llamaBench || program.mentions(.model)
    guard program.model == nil, needsFile else { return [(program, try twin(of: program, among: models))] }
    let files = models.filter { place(of: $0).hasSuffix(".gguf") }
    guard !files.isEmpty else {
      throw error(
        "programs",
        "\(program.name) has no model: name its file under [[program]], or GGUF files under models, which it is then "
          + "given too")
    }
    return files.map { file in
      var own = program
      own.model = place(of: file)
      return (own, file)
    }
  }

  /// A cell of another program.
  func cell(
    _ program: SuiteProgram, _ twin: String?, _ threads: Int, _ placement: String, _ phase: PhaseRecord
  ) -> Cell {
    let name = twin ?? program.modelName
    return Cell(
      id: "\(name)/\(program.name)/t\(threads)/\(placement)/\(phase.label)", caseName: suiteCase.name, model: twin,
      program: program, threads: threads, placement: placement, phase: phase, repetitions: suiteCase.repetitions,
      minTimeSeconds: suiteCase.minTimeSeconds, warmup: suiteCase.warmup,
      cooldownSeconds: suiteCase.cooldownSeconds, skipReason: obstacle(program, placement, phase))
  }

  private func obstacle(_ program: SuiteProgram, _ placement: String, _ phase: PhaseRecord) -> String? {
    if phase.kind != .model { return "\(program.name) runs whole models, and \(phase.label) is a part of one" }
    if placement == "numa" { return "placement numa is of Tern's own memory; \(program.name) can be pinned or free" }
    return nil
  }

  /// The model of Tern's that the program's is equal to: stated, or the only one of the case.
  private func twin(of program: SuiteProgram, among models: [String]) throws -> String? {
    if let shape = program.shape {
      let named = try self.models(shape)
      guard named.count == 1 else {
        throw error("programs", "\(program.name): shape \"\(shape)\" means \(named.count) models; name one")
      }
      return named[0]
    }
    guard models.count <= 1 else {
      throw error(
        "programs",
        "\(program.name) has one model and the case \(models.count): say with shape under [[program]] to which its is "
          + "equal")
    }
    return models.first
  }

  /// Names that only the build knows.
  private func checked(_ program: SuiteProgram) throws -> SuiteProgram {
    let index = suite.programs.firstIndex { $0.name == program.name } ?? 0
    func refuse(_ key: String, _ message: String) -> SuiteError {
      suite.error(key, in: .element("program", index), "program \"\(program.name)\": \(message)")
    }
    if context.kernels.contains(where: { $0.name == program.name }) {
      throw refuse("name", "a kernel has this name; results could not be told apart")
    }
    if let head = program.head, !context.headFormats.contains(head) {
      throw refuse(
        "head", "there is no head format \"\(head)\"; there are \(context.headFormats.joined(separator: ", "))")
    }
    return program
  }

  /// A model's name without the format of its head.
  private func place(of model: String) -> String {
    guard let colon = model.lastIndex(of: ":"),
      context.headFormats.contains(String(model[model.index(after: colon)...]))
    else { return model }
    return String(model[..<colon])
  }
}

extension SuiteProgram {
  /// What its model is called where Tern has no equal one: the file's name without its ending.
  public var modelName: String {
    guard let model else { return "program" }
    let file = (model as NSString).lastPathComponent
    return file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file
  }
}
