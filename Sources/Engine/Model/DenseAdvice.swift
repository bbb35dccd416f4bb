/// What to do with a dense model that a ternary kernel was asked to run: one wording for every place that refuses.
public enum DenseAdvice {
  /// A clause that follows what was refused.
  public static let text =
    "leave the kernel out, or name f16, to run them as they are; "
    + "tern convert --ternarize absmean makes a ternary file of them, an experiment that ruins the text"
}
