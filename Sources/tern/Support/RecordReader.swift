import Records
import Reports

/// Reads what can be read, and says of the rest what is wrong with it.
enum RecordReader {
  static func read(_ paths: [String]) -> (records: [RunRecord], problems: [PageProblem]) {
    var records: [RunRecord] = []
    var problems: [PageProblem] = []
    for path in paths {
      do { records.append(try RecordFile.read(path)) } catch {
        // The message begins with the file's name, which the problem has of its own.
        let text = "\(error)"
        let reason = text.hasPrefix("\(path): ") ? String(text.dropFirst(path.count + 2)) : text
        problems.append(PageProblem(subject: path, reason: reason))
      }
    }
    return (records, problems)
  }
}
