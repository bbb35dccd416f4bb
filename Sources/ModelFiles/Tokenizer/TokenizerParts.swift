/// What a tokenizer is put together from, whichever file it is read from.
struct TokenizerParts {
  var file: String
  var model: BytePairModel
  var normalizers: [Normalizer]
  var expression: PieceExpression?
  var addedTokens: [AddedToken]
  var prefix: [Int32]
  var suffix: [Int32]
  var decoder: TokenDecoder
  var specialTokens = SpecialTokens()
}
