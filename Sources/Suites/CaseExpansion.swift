import Records

/// The product of one case's lists on one machine.
struct CaseExpansion {
  let suite: Suite
  let index: Int
  let context: SuiteContext

  var suiteCase: SuiteCase { suite.cases[index] }

  /// Expands the case; duplicates within it are removed.
  func cells() throws -> [Cell] {
    let phases = try unique(suiteCase.phases.map { try phase($0) })
    let threads = try unique(suiteCase.threads.flatMap { try self.threads($0) })
    let placements = try unique(suiteCase.placements.map { try placement($0) })
    let probes = phases.filter { $0.kind == .probe }
    let others = phases.filter { $0.kind != .probe }
    let subjects = try others.isEmpty ? [] : self.subjects()
    let kernels = try others.isEmpty ? [] : unique(suiteCase.kernels.flatMap { try self.kernels($0) })
    let programs = try others.isEmpty ? [] : unique(suiteCase.programs.flatMap { try self.programs($0) })
    try check(
      phases, threads, placements, subjects, runners: kernels.count + programs.count, needRunners: !others.isEmpty,
      needModels: !kernels.isEmpty)
    try checkShapes(others)
    try checkExpectation(subjects, others)

    let settings = threads.flatMap { threads in placements.map { (threads: threads, placement: $0) } }
    let probeCells = settings.flatMap { setting in
      probes.map { cell(.machine, nil, setting.threads, setting.placement, $0) }
    }
    let modelCells = subjects.flatMap { subject in
      kernels.flatMap { kernel in
        settings.flatMap { setting in
          others.map { cell(subject, kernel, setting.threads, setting.placement, $0) }
        }
      }
    }
    let programCells = try programs.flatMap { program in
      try twins(of: program, among: subjects).flatMap { program, twin in
        settings.flatMap { setting in
          others.map { cell(program, twin, setting.threads, setting.placement, $0) }
        }
      }
    }
    return probeCells + unique(modelCells) + unique(programCells)
  }

  /// What a cell is about.
  enum Subject: Equatable {
    case machine
    case model(String)
    case matrix(MatrixShape)
  }

  private func cell(
    _ subject: Subject, _ kernel: Int?, _ threads: Int, _ placement: String, _ phase: PhaseRecord
  ) -> Cell {
    let choice = kernel.map { context.kernels[$0] }
    let placement = choice?.placement ?? placement
    var model: String?
    var matrix: MatrixShape?
    // A probe is of the machine, so the machine stands where a model and a kernel stand otherwise.
    var name = "machine"
    switch subject {
    case .machine: break
    case .model(let given): (model, name) = (given, "\(given)/\(choice?.id ?? "")")
    case .matrix(let given): (matrix, name) = (given, "\(given)/\(choice?.id ?? "")")
    }
    return Cell(
      id: "\(name)/t\(threads)/\(placement)/\(phase.label)", caseName: suiteCase.name, model: model,
      matrix: matrix, kernel: choice?.id, threads: threads, placement: placement, phase: phase,
      repetitions: suiteCase.repetitions, minTimeSeconds: suiteCase.minTimeSeconds, warmup: suiteCase.warmup,
      cooldownSeconds: suiteCase.cooldownSeconds,
      expectTokensSHA256: (phase.generate ?? 0) > 0 ? suiteCase.expectTokensSHA256 : nil,
      skipReason: choice?.unavailableReason)
  }

  // MARK: - Names

  private func phase(_ label: String) throws -> PhaseRecord {
    do {
      return try PhaseRecord(label: label)
    } catch let problem as PhaseError {
      throw error("phases", problem.description)
    }
  }

  private func threads(_ range: String) throws -> [Int] {
    do {
      return try ThreadRange.parse(range, all: context.coresPhysical)
    } catch let problem as ThreadRangeError {
      throw error("threads", problem.description)
    }
  }

  private func placement(_ name: String) throws -> String {
    guard context.placements.contains(name) else {
      throw error(
        "placements", "there is no placement \"\(name)\"" + NearestName.suggestion(for: name, in: context.placements))
    }
    return name
  }

  private func subjects() throws -> [Subject] {
    let models = try suiteCase.models.flatMap { try self.models($0) }.map(Subject.model)
    let shapes = try suiteCase.shapes.map { Subject.matrix(try shape($0)) }
    guard models.isEmpty || shapes.isEmpty else {
      throw error("shapes", "models or single matrices are measured, not both; make two cases")
    }
    return unique(models + shapes)
  }

  private func shape(_ label: String) throws -> MatrixShape {
    do {
      return try MatrixShape(label: label)
    } catch let problem as MatrixShapeError {
      throw error("shapes", problem.description)
    }
  }

  /// Zoo names that a pattern means, or a path; ":" and a head format behind either stays behind each.
  ///
  /// Zoo names hold dots ("llama3-8b-1.58"), so it is the slash, a leading dot or a model file's ending that makes a path.
  func models(_ pattern: String) throws -> [String] {
    let (place, format) = try headFormat(of: pattern)
    let matches = context.models.filter(Glob(place).matches)
    if !matches.isEmpty { return matches.map { $0 + format } }
    if place.contains("/") || place.hasPrefix(".") || place.hasSuffix(".safetensors") { return [pattern] }
    throw error(
      "models",
      "there is no model \"\(place)\"" + NearestName.suggestion(for: place, in: context.models)
        + " (a path is written with a slash: ./\(pattern))")
  }

  /// Cuts a pattern before the colon of its head format, if it has one; a path may have colons of its own.
  private func headFormat(of pattern: String) throws -> (place: String, format: String) {
    guard let colon = pattern.lastIndex(of: ":") else { return (pattern, "") }
    let place = String(pattern[..<colon])
    let name = String(pattern[pattern.index(after: colon)...])
    if context.headFormats.contains(name) { return (place, ":\(name)") }
    guard context.models.contains(where: Glob(place).matches) else { return (pattern, "") }
    throw error(
      "models",
      "there is no head format \"\(name)\"; there are \(context.headFormats.joined(separator: ", "))")
  }

  /// Rows of `context.kernels` that a pattern means: with "@" over ids, without it over families, each by its best row.
  private func kernels(_ pattern: String) throws -> [Int] {
    let glob = Glob(pattern)
    let rows = context.kernels.indices.filter { row in
      let choice = context.kernels[row]
      return choice.isAutomatic ? choice.name == pattern : glob.matches(pattern.contains("@") ? choice.id : choice.name)
    }
    guard !rows.isEmpty else {
      let names = unique(context.kernels.map(\.name)) + context.kernels.map(\.id)
      throw error("kernels", "there is no kernel \"\(pattern)\"" + NearestName.suggestion(for: pattern, in: names))
    }
    if pattern.contains("@") { return rows }
    // A family without any row that runs here is still named: its first row says why it cannot.
    return unique(rows.map { context.kernels[$0].name }).compactMap { family in
      rows.first { context.kernels[$0].name == family && context.kernels[$0].isBest }
        ?? rows.first { context.kernels[$0].name == family }
    }
  }

  // MARK: - Checks

  private func check(
    _ phases: [PhaseRecord], _ threads: [Int], _ placements: [String], _ subjects: [Subject], runners: Int,
    needRunners: Bool, needModels: Bool
  ) throws {
    var lists = [("phases", phases.count), ("threads", threads.count), ("placements", placements.count)]
    if needModels { lists.append(("models", subjects.count)) }
    if needRunners { lists.append(("kernels", runners)) }
    for (key, count) in lists where count == 0 {
      throw error(key, "nothing is listed, so the case would have no cells")
    }
    // Each program has at most a cell for each subject, and one where there is none.
    var product = 1
    for (_, count) in lists {
      product *= count
      guard product <= Suite.mostCells else {
        throw error("name", "the case has more than \(Suite.mostCells) cells; shorten its lists")
      }
    }
  }

  /// A single matrix has no head and no tokens.
  private func checkShapes(_ phases: [PhaseRecord]) throws {
    guard !suiteCase.shapes.isEmpty, let phase = phases.first(where: { $0.kind != .matrices }) else { return }
    throw error("phases", "\(phase.label) needs a model; a single matrix is run as gemv or gemm128")
  }

  /// One digest can be right for one model and one generating phase only.
  private func checkExpectation(_ subjects: [Subject], _ phases: [PhaseRecord]) throws {
    guard suiteCase.expectTokensSHA256 != nil else { return }
    let generating = phases.count { ($0.generate ?? 0) > 0 }
    guard subjects.count == 1, generating == 1 else {
      throw error(
        "expect",
        "one digest is the output of one model in one phase that generates, and the case has \(subjects.count) models "
          + "and \(generating) such phases; split it")
    }
  }

  func error(_ key: String, _ message: String) -> SuiteError {
    suite.error(key, in: .element("case", index), of: suiteCase.name, message)
  }

  func unique<T: Equatable>(_ items: [T]) -> [T] {
    items.reduce(into: []) { unique, item in if !unique.contains(item) { unique.append(item) } }
  }
}
