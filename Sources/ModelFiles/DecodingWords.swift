/// Says in one line what a JSON decoder did not like: the path of keys, then the complaint.
func decodingWords(_ error: any Error) -> String {
  func path(_ context: DecodingError.Context) -> String {
    context.codingPath.map { $0.stringValue + ": " }.joined()
  }
  return switch error {
  case DecodingError.keyNotFound(let key, let context):
    path(context) + "key \"\(key.stringValue)\" is missing"
  case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
    DecodingError.dataCorrupted(let context):
    path(context) + context.debugDescription
  default: "\(error)"
  }
}
