import Foundation
import Glibc

/// Sets what `TuneSetting` speaks of, and puts it back.
///
/// The old values are on the disk before the first file is written. While the value lives after an `apply`, no other
/// tern sets or restores.
public final class Tuner {
  /// What was done, and what could not be.
  public struct Outcome: Sendable, Equatable {
    /// One sentence for each setting that was written: "governor: powersave → performance (8 files)".
    public internal(set) var done: [String] = []
    /// One sentence for each setting that could not be, with the fix.
    public internal(set) var problems: [String] = []
  }

  private let machine: Machine
  private let store: TuneStore
  private var lock: TuneLock?
  /// The files that this value has set.
  private var own: Set<String> = []

  /// Makes a tuner of this machine; nothing is read or written yet.
  public convenience init(machine: Machine) {
    self.init(machine: machine, store: TuneStore(files: machine.files))
  }

  init(machine: Machine, store: TuneStore) {
    self.machine = machine
    self.store = store
  }

  /// Sets what does not stand as it should: these settings, or all of them where none is named.
  ///
  /// Throws `TuneError`, with nothing written, for an id that is not known or cannot be set, or when the journal cannot
  /// be written. A file that refuses is a problem of the outcome, and the others are set.
  public func apply(_ ids: [String] = []) throws -> Outcome {
    let settings = try chosen(ids)
    try hold()
    var journal = try store.find()?.journal ?? TuneJournal(bootID: store.bootID)
    var outcome = Outcome()
    let planned = settings.flatMap { setting in entries(of: setting, outcome: &outcome) }
    guard !planned.isEmpty else { return outcome }
    journal.add(planned)
    try store.write(journal)
    own.formUnion(planned.map(\.path))
    let failed = write(planned, to: \.after, outcome: &outcome)
    // What was refused and stands as before is not to be restored, and must not be blamed on tern by a later look.
    let untouched = failed.filter { value(at: $0) == $0.before }.map(\.path)
    if !untouched.isEmpty {
      journal.entries.removeAll { untouched.contains($0.path) && $0.before == value(at: $0) }
      try save(journal)
    }
    return outcome
  }

  /// Puts back every value that the journal of this boot holds, last written first.
  ///
  /// What somebody else has changed since is left as it is. Throws `TuneError` where the journal cannot be read.
  public func restore() throws -> Outcome { try restore { _ in true } }

  /// Puts back what this value has set, and leaves what an earlier `tern tune --apply` set.
  public func restoreOwn() throws -> Outcome { try restore { own.contains($0.path) } }

  private func restore(_ isWanted: (TuneJournal.Entry) -> Bool) throws -> Outcome {
    var outcome = Outcome()
    guard try store.find() != nil else { return outcome }
    try hold()
    guard let found = try store.find() else { return outcome }
    var journal = found.journal
    try validate(journal, path: found.path)
    // Decided before anything is written: one setting can move another, as a governor does the energy preference.
    let wanted = journal.entries.filter(isWanted)
    let ours = wanted.filter { value(at: $0) == $0.after && $0.before != $0.after }
    for entry in wanted where !ours.contains(entry) {
      let current = value(at: entry)
      guard let current, current != entry.before else { continue }
      outcome.done.append("\(entry.setting): \(entry.path) is \(current) by now, and was left so")
    }
    let failed = write(ours.reversed(), to: \.before, outcome: &outcome)
    journal.entries = journal.entries.filter { failed.contains($0) || !isWanted($0) }
    if journal != found.journal { try save(journal) }
    lock = nil
    return outcome
  }

  /// Whether there is anything to restore.
  public func hasJournal() throws -> Bool { try store.find() != nil }

  // MARK: - Steps

  private func hold() throws {
    if lock == nil { lock = try store.lock() }
  }

  private func save(_ journal: TuneJournal) throws {
    if journal.entries.isEmpty { store.remove() } else { try store.write(journal) }
  }

  private func chosen(_ ids: [String]) throws -> [TuneSetting] {
    let all = machine.tuneSettings()
    if ids.isEmpty { return all }
    for id in ids {
      guard let setting = all.first(where: { $0.id == id }) else {
        throw TuneError("\(id): settings are \(all.map(\.id).joined(separator: ", "))")
      }
      if let note = setting.note { throw TuneError("\(id): \(note). \(setting.reason)") }
    }
    return all.filter { ids.contains($0.id) }
  }

  private func entries(of setting: TuneSetting, outcome: inout Outcome) -> [TuneJournal.Entry] {
    setting.unset.compactMap { place in
      guard let before = place.current else {
        // What cannot be read could not be put back.
        outcome.problems.append("\(setting.id): \(place.path) cannot be read, and was not set")
        return nil
      }
      return TuneJournal.Entry(
        setting: setting.id, path: place.path, kind: setting.kind, before: before, after: place.wanted)
    }
  }

  /// Writes each entry's value and gives those that failed; files of one setting are told in one sentence.
  private func write(
    _ entries: [TuneJournal.Entry], to target: KeyPath<TuneJournal.Entry, String>, outcome: inout Outcome
  ) -> [TuneJournal.Entry] {
    var failed: [TuneJournal.Entry] = []
    var told: [(words: String, count: Int)] = []
    var problems: [(words: String, count: Int)] = []
    for entry in entries {
      let wanted = entry[keyPath: target]
      let from = wanted == entry.after ? entry.before : entry.after
      if let refusal = write(entry, wanted) {
        failed.append(entry)
        Self.count("\(entry.setting): \(refusal)", in: &problems)
      } else {
        Self.count("\(entry.setting): \(from) → \(wanted)", in: &told)
      }
    }
    outcome.done += told.map { $0.count > 1 ? "\($0.words) (\($0.count) files)" : $0.words }
    outcome.problems += problems.map { $0.count > 1 ? "\($0.words) (\($0.count) files)" : $0.words }
    return failed
  }

  /// Writes one value and reads it back; nil, or why it does not stand there.
  private func write(_ entry: TuneJournal.Entry, _ wanted: String) -> String? {
    let result: Result<Void, FileRefusal> =
      switch entry.kind {
      case .text: machine.files.write(entry.path, wanted)
      case .mode:
        UInt32(wanted, radix: 8).map { machine.files.setMode(entry.path, $0) } ?? .failure(FileRefusal(number: EINVAL))
      }
    if case .failure(let refusal) = result { return words(refusal, of: entry, wanted) }
    guard let current = value(at: entry), current != wanted else { return nil }
    return "\"\(wanted)\" was written and \"\(current)\" stands there"
  }

  private func words(_ refusal: FileRefusal, of entry: TuneJournal.Entry, _ wanted: String) -> String {
    let isForbidden = [EACCES, EPERM, EROFS].contains(refusal.number)
    if isForbidden && geteuid() != 0 {
      let flag = wanted == entry.after ? "apply \(entry.setting)" : "restore"
      return "permission denied; as root: sudo tern tune --\(flag)"
    }
    let cause = isForbidden ? " (a container or the firmware keeps it from root)" : ""
    return "the kernel refused \"\(wanted)\": \(refusal.words)\(cause)"
  }

  private func value(at entry: TuneJournal.Entry) -> String? {
    switch entry.kind {
    case .text: KernelSettings.value(at: entry.path, files: machine.files)
    case .mode: machine.files.mode(entry.path).map(Machine.octal)
    }
  }

  /// A journal is a file that anybody may have written, and restoring writes as root: only tern's own files are taken.
  private func validate(_ journal: TuneJournal, path: String) throws {
    var known: [String: (id: String, kind: TuneSetting.Kind)] = [:]
    for setting in machine.tuneSettings() {
      for place in setting.places { known[place.path] = (setting.id, setting.kind) }
    }
    for entry in journal.entries where machine.files.exists(entry.path) {
      let isText = !entry.before.isEmpty && entry.before.count <= 64 && !entry.before.contains(where: \.isNewline)
      // Counters were closed or open to readers before; no other bits have ever been set by tern.
      let isMode = UInt32(entry.before, radix: 8).map { $0 & ~0o644 == 0 } ?? false
      guard let place = known[entry.path], place.id == entry.setting, place.kind == entry.kind,
        entry.kind == .mode ? isMode : isText
      else {
        throw TuneError(
          "\(path): \(entry.setting) at \(entry.path) is not a setting of tern tune; look at it, and remove it")
      }
    }
  }

  private static func count(_ words: String, in list: inout [(words: String, count: Int)]) {
    if let index = list.firstIndex(where: { $0.words == words }) {
      list[index].count += 1
    } else {
      list.append((words, 1))
    }
  }
}
