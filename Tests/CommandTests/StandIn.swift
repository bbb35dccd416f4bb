import Foundation

/// A script that speaks as llama-bench does, and works by sleeping a tenth of a second.
///
/// `--mode` makes it go wrong; `--say KEY=VALUE` changes a value of its JSON.
enum StandIn {
  static let script = #"""
    #!/bin/sh
    mode=good prompt=0 generate=0 depth=0 repetitions=5 progress=0 threads=2 batch=2048 flash=false cache=f16
    parameters=796928 backends=CPU
    while [ $# -gt 0 ]; do
      case "$1" in
        --help)
          echo "usage: llama-bench [options]"
          echo "  -p, --n-prompt <n>  -n, --n-gen <n>  -pg <pp,tg>  -d, --n-depth <n>  -t, --threads <n>"
          echo "  -r, --repetitions <n>  -o, --output <csv|json>  -ngl <n>  -m <file>"
          case "$0" in *old*) ;; *) echo "  --progress" ;; esac
          exit 0 ;;
        -p) prompt=$2; shift ;;
        -n) generate=$2; shift ;;
        -pg) prompt=${2%,*}; generate=${2#*,}; shift ;;
        -d) depth=$2; shift ;;
        -t) threads=$2; shift ;;
        -r) repetitions=$2; shift ;;
        -b) batch=$2; shift ;;
        --progress) progress=1 ;;
        --mode) mode=$2; shift ;;
        --say) eval "$2"; shift ;;
        -m|-o|-ngl) shift ;;
        *) echo "error: invalid parameter for argument: $1" >&2; exit 1 ;;
      esac
      shift
    done
    say() { [ $progress = 0 ] || echo "llama-bench: benchmark 1/1: $*" >&2; }
    what=prompt; [ "$prompt" = 0 ] && what=generation
    say starting
    sleep 0.05
    case $mode in
      crash) echo "out of tensors" >&2; kill -SEGV $$ ;;
      refuse) echo "main: error: failed to load model" >&2; exit 1 ;;
      silent) exit 0 ;;
    esac
    say "warmup $what run"
    i=0 samples=
    while [ $i -lt "$repetitions" ]; do
      i=$((i + 1))
      start=$(date +%s%N)
      say "$what run $i/$repetitions"
      [ $mode = hang ] && sleep 100
      [ $mode = late-crash ] && { echo "no memory" >&2; exit 7; }
      sleep 0.1
      samples="$samples${samples:+, }$(($(date +%s%N) - start))"
    done
    case $mode in
      empty) exit 0 ;;
      garbage) echo "all is well"; exit 0 ;;
      cut) printf '[\n  {\n    "n_prompt": 0,\n    "n_g'; exit 0 ;;
      other) generate=99 ;;
      flood) yes '[' | head -c 2000000; exit 0 ;;
    esac
    cat <<END
    [
      {
        "build_commit": "abc1234", "build_number": 4321, "cpu_info": "A CPU", "backends": "$backends",
        "model_type": "bitnet 2B TQ2_0", "model_n_params": $parameters, "n_batch": $batch, "n_ubatch": 512,
        "n_threads": $threads, "type_k": "$cache", "type_v": "$cache", "n_gpu_layers": 0, "flash_attn": $flash,
        "n_prompt": $prompt, "n_gen": $generate, "n_depth": $depth, "samples_ns": [ $samples ]
      }
    ]
    END
    """#

  /// Writes the script where it can be run; an `old` one does not know `--progress`.
  static func install(in scratch: Scratch, isOld: Bool = false) throws -> String {
    let path = try scratch.write(isOld ? "old-bench" : "llama-bench", script + "\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  /// A model of two layers that Tern runs in a millisecond.
  static let model = Binary.root.appendingPathComponent("Tests/ModelFilesTests/Fixtures/gguf/bitnet2b_tq2/model.gguf")
    .path

  /// A suite in which programs run beside a kernel; each is a name and what stands in its table.
  static func suite(
    _ programs: [(name: String, lines: String)], phases: String = "tg4", kernels: String = "\"simd\"",
    repetitions: Int = 2
  ) -> String {
    var text = """
      schema = 1
      name = "peers"
      [defaults]
      baseline_seconds = 0
      kv = "f16"
      min_time_seconds = 0.15
      warmup = 1

      """
    for program in programs { text += "[[program]]\nname = \"\(program.name)\"\n\(program.lines)\n" }
    return text + """
      [[case]]
      name = "peers"
      models = ["\(model)"]
      kernels = [\(kernels)]
      programs = ["*"]
      threads = [1]
      phases = ["\(phases)"]
      repetitions = \(repetitions)
      """
  }
}
