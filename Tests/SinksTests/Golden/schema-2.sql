BEGIN;
CREATE TABLE IF NOT EXISTS tern_sample (
  "record" TEXT,
  "record_started_at" TEXT,
  "tool_version" TEXT,
  "tool_commit" TEXT,
  "suite" TEXT,
  "machine" TEXT,
  "cpu" TEXT,
  "cell" TEXT,
  "case" TEXT,
  "model" TEXT,
  "model_format" TEXT,
  "model_sha256" TEXT,
  "model_seed" TEXT,
  "parameters" INTEGER,
  "ternary_parameters" INTEGER,
  "head" TEXT,
  "kernel" TEXT,
  "isa" TEXT,
  "packing" TEXT,
  "bits_per_weight" REAL,
  "threads" INTEGER,
  "placement" TEXT,
  "cpus" TEXT,
  "phase" TEXT,
  "phase_kind" TEXT,
  "prompt" INTEGER,
  "generate" INTEGER,
  "depth" INTEGER,
  "batch" INTEGER,
  "outcome" TEXT,
  "reason" TEXT,
  "check_passed" INTEGER,
  "warnings" TEXT,
  "repetition" INTEGER,
  "position_in_run" INTEGER,
  "started_at" TEXT,
  "iterations" INTEGER,
  "time_wall_ns" REAL,
  "rate_tokens_per_s" REAL,
  "rate_bytes_per_s" REAL,
  "rate_macs_per_s" REAL,
  "rate_flop_per_s" REAL,
  "time_load_ns" REAL,
  "time_to_first_token_ns" REAL,
  "time_program_ns" REAL,
  "time_cpu_user_ns" REAL,
  "time_cpu_system_ns" REAL,
  "time_cpu_thread_ns" REAL,
  "memory_peak_rss_bytes" REAL,
  "page_faults_minor" REAL,
  "page_faults_major" REAL,
  "context_switches_voluntary" REAL,
  "context_switches_involuntary" REAL,
  "event_task_clock_ns" REAL,
  "event_context_switches" REAL,
  "event_cpu_migrations" REAL,
  "event_page_faults" REAL,
  "counter_instructions" REAL,
  "counter_cycles" REAL,
  "instructions_per_cycle" REAL,
  "frequency_hz" REAL,
  "branch_miss_fraction" REAL,
  "branch_misses_per_kilo_instruction" REAL,
  "cache_l1d_fills_per_kilo_instruction" REAL,
  "cache_last_level_miss_fraction" REAL,
  "cache_last_level_misses_per_kilo_instruction" REAL,
  "memory_bandwidth_read_bytes" REAL,
  "memory_bandwidth_read_bytes_per_s" REAL,
  "tlb_data_walks_per_kilo_instruction" REAL,
  "simd_instruction_fraction" REAL,
  "energy_package_j" REAL,
  "energy_dram_j" REAL,
  "energy_cpu_mem_j" REAL,
  "energy_psys_j" REAL,
  "energy_core_j" REAL,
  "energy_uncore_j" REAL,
  "energy_system_j" REAL,
  "energy_battery_j" REAL,
  "energy_package_net_j" REAL,
  "energy_dram_net_j" REAL,
  "energy_cpu_mem_net_j" REAL,
  "energy_psys_net_j" REAL,
  "energy_system_net_j" REAL,
  "energy_battery_net_j" REAL,
  "energy_package_j_per_token" REAL,
  "energy_package_net_j_per_token" REAL,
  "energy_dram_j_per_token" REAL,
  "energy_cpu_mem_j_per_token" REAL,
  "energy_psys_j_per_token" REAL,
  "energy_system_j_per_token" REAL,
  "energy_battery_j_per_token" REAL,
  "power_package_w" REAL,
  "power_dram_w" REAL,
  "power_psys_w" REAL,
  "power_system_w" REAL,
  "power_battery_w" REAL,
  "rate_tokens_per_kwh" REAL,
  "energy_delay_package_js" REAL,
  "cpu_foreign_fraction" REAL,
  "cpu_steal_fraction" REAL,
  "estimated_energy_arithmetic_j" REAL,
  "estimated_energy_arithmetic_j_per_token" REAL,
  "estimated_energy_package_j" REAL,
  "estimated_energy_dram_j" REAL,
  "estimated_energy_cpu_mem_j" REAL,
  "estimated_energy_psys_j" REAL,
  "estimated_energy_core_j" REAL,
  "estimated_energy_uncore_j" REAL,
  "estimated_energy_system_j" REAL,
  "estimated_energy_battery_j" REAL,
  "estimated_power_package_w" REAL,
  "estimated_power_dram_w" REAL,
  "estimated_power_psys_w" REAL,
  "estimated_power_system_w" REAL,
  "estimated_power_battery_w" REAL
);
CREATE TABLE IF NOT EXISTS tern_extra (
  "record" TEXT,
  "cell" TEXT,
  "repetition" INTEGER,
  "name" TEXT,
  "value" REAL
);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "threads", "placement", "cpus", "phase", "phase_kind", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_bytes_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'machine/t2/pinned/probe:read', 'ceiling', 2, 'pinned', '0 2', 'probe:read', 'probe', 'ok', 'W-turbo', 0, 2, '2026-11-20T23:20:09.120Z', 11, 520181233, 22705855795.45504, 1035160653, 520181, 517840417, 1094189056, 1, 0, 2, 2, 1035679634, 4, 0, 1);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'machine/t2/pinned/probe:read', NULL, 'fact_bytes_per_iteration', 1073741824);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "threads", "placement", "cpus", "phase", "phase_kind", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_bytes_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'machine/t2/pinned/probe:read', 'ceiling', 2, 'pinned', '0 2', 'probe:read', 'probe', 'ok', 'W-turbo', 1, 4, '2026-11-20T23:20:17.870Z', 11, 524997120, 22497571156.199867, 1044744268, 524997, 522634632, 1094189056, 1, 0, 2, 2, 1045268065, 4, 0, 1);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "threads", "placement", "cpus", "phase", "phase_kind", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_bytes_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'machine/t2/pinned/probe:read', 'ceiling', 2, 'pinned', '0 2', 'probe:read', 'probe', 'ok', 'W-turbo', 2, 8, '2026-11-20T23:20:29.455Z', 11, 518733015, 22769246842.71349, 1032278699, 518733, 516398716, 1094189056, 1, 0, 2, 2, 1032796232, 4, 0, 1);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "packing", "bits_per_weight", "threads", "placement", "cpus", "phase", "phase_kind", "generate", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_tokens_per_s", "rate_bytes_per_s", "rate_macs_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults", "instructions_per_cycle", "energy_package_j", "energy_dram_j", "energy_cpu_mem_j", "energy_package_net_j", "energy_package_j_per_token", "energy_package_net_j_per_token", "power_package_w", "rate_tokens_per_kwh", "estimated_energy_arithmetic_j", "estimated_energy_arithmetic_j_per_token") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 'decode', 'bitnet-2b-4t', 'synthetic', '1', 2412820480, 2084044800, 'f16', 'simd', 'avx2', 'broadcast2', 2, 2, 'pinned', '0 2', 'tg8', 'model', 8, 'ok', 'W-turbo', 0, 0, '2026-11-20T23:20:06.003Z', 3, 601233417, 39.91794088850521, 47010637268.02132, 83190777135.39665, 1160380494, 2404933, 581392713, 1894189056, 3, 0, 2, 4, 1162784227, 6, 0, 3, 1.59375, 18.9389, 2.1043, 21.0432, 13.1971, 0.789121, 0.54988, 31.5, 4562039, 0.0009336520704, 0.0001167065088);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', NULL, 'fact_bytes_per_iteration', 9421455360);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', NULL, 'fact_macs_per_iteration', 16672358400);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', NULL, 'fact_memory_weights_bytes', 1177681920);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', NULL, 'fact_tokens_per_iteration', 8);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 0, 'fraction_of_ceiling', 2.070419088869193);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_j', 0.0258);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_j_per_token', 0.001075);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_net_j', 0.09);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_net_j_per_token', 0.00375);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "packing", "bits_per_weight", "threads", "placement", "cpus", "phase", "phase_kind", "generate", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_tokens_per_s", "rate_bytes_per_s", "rate_macs_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults", "instructions_per_cycle", "energy_package_j", "energy_dram_j", "energy_cpu_mem_j", "energy_package_net_j", "energy_package_j_per_token", "energy_package_net_j_per_token", "power_package_w", "rate_tokens_per_kwh", "estimated_energy_arithmetic_j", "estimated_energy_arithmetic_j_per_token") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 'decode', 'bitnet-2b-4t', 'synthetic', '1', 2412820480, 2084044800, 'f16', 'simd', 'avx2', 'broadcast2', 2, 2, 'pinned', '0 2', 'tg8', 'model', 8, 'ok', 'W-turbo', 1, 5, '2026-11-20T23:20:19.801Z', 3, 607810092, 39.48601761617344, 46501969039.368965, 82290629685.69466, 1173073477, 2431240, 587752358, 1894189056, 4, 0, 2, 9, 1175503517, 11, 0, 4, 1.59375, 19.156, 2.1273, 21.2833, 13.3514, 0.798167, 0.556309, 31.516, 4510336.2, 0.0009336520704, 0.0001167065088);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 1, 'fraction_of_ceiling', 2.066977306861589);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_j', 0.0258);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_j_per_token', 0.001075);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_net_j', 0.09);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_net_j_per_token', 0.00375);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "packing", "bits_per_weight", "threads", "placement", "cpus", "phase", "phase_kind", "generate", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_tokens_per_s", "rate_bytes_per_s", "rate_macs_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults", "instructions_per_cycle", "energy_package_j", "energy_dram_j", "energy_cpu_mem_j", "energy_package_net_j", "energy_package_j_per_token", "energy_package_net_j_per_token", "power_package_w", "rate_tokens_per_kwh", "estimated_energy_arithmetic_j", "estimated_energy_arithmetic_j_per_token") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 'decode', 'bitnet-2b-4t', 'synthetic', '1', 2412820480, 2084044800, 'f16', 'simd', 'avx2', 'broadcast2', 2, 2, 'pinned', '0 2', 'tg8', 'model', 8, 'ok', 'W-turbo', 2, 7, '2026-11-20T23:20:27.310Z', 3, 598420966, 40.105546703054515, 47231577243.90291, 83581756057.6579, 1154952464, 2393683, 578673073, 1894189056, 5, 0, 2, 14, 1157344947, 16, 0, 5, 1.59375, 18.8703, 2.0945, 20.9648, 13.1554, 0.786262, 0.548141, 31.533, 4578623.6, 0.0009336520704, 0.0001167065088);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 2, 'fraction_of_ceiling', 2.074358347035872);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_j', 0.0258);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_j_per_token', 0.001075);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_net_j', 0.09);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/simd@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_net_j_per_token', 0.00375);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "packing", "bits_per_weight", "threads", "placement", "cpus", "phase", "phase_kind", "generate", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_tokens_per_s", "rate_bytes_per_s", "rate_macs_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults", "instructions_per_cycle", "energy_package_j", "energy_dram_j", "energy_cpu_mem_j", "energy_package_net_j", "energy_package_j_per_token", "energy_package_net_j_per_token", "power_package_w", "rate_tokens_per_kwh", "estimated_energy_arithmetic_j", "estimated_energy_arithmetic_j_per_token") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 'decode', 'bitnet-2b-4t', 'synthetic', '1', 2412820480, 2084044800, 'f16', 'f16', 'avx2', 'f16', 16, 2, 'pinned', '0 2', 'tg8', 'model', 8, 'ok', 'W-turbo', 0, 1, '2026-11-20T23:20:07.441Z', 1, 1420338841, 5.632458797203307, 27175263708.78144, 11738296467.525806, 2741253963, 5681355, 1373467659, 5412189184, 3, 0, 2, 4, 2746934118, 6, 0, 3, 1.59375, 54.328, 4.9712, 59.2992, 40.7638, 6.791, 5.095471, 38.25, 530113.4, 0.02267, 0.00283375);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', NULL, 'fact_bytes_per_iteration', 38598082560);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', NULL, 'fact_macs_per_iteration', 16672358400);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', NULL, 'fact_memory_weights_bytes', 4824760320);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', NULL, 'fact_tokens_per_iteration', 8);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 0, 'fraction_of_ceiling', 1.196839438847358);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_j', 0.0258);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_j_per_token', 0.003225);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_net_j', 0.09);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 0, 'half_width_energy_package_net_j_per_token', 0.01125);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "packing", "bits_per_weight", "threads", "placement", "cpus", "phase", "phase_kind", "generate", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_tokens_per_s", "rate_bytes_per_s", "rate_macs_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults", "instructions_per_cycle", "energy_package_j", "energy_dram_j", "energy_cpu_mem_j", "energy_package_net_j", "energy_package_j_per_token", "energy_package_net_j_per_token", "power_package_w", "rate_tokens_per_kwh", "estimated_energy_arithmetic_j", "estimated_energy_arithmetic_j_per_token") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 'decode', 'bitnet-2b-4t', 'synthetic', '1', 2412820480, 2084044800, 'f16', 'f16', 'avx2', 'f16', 16, 2, 'pinned', '0 2', 'tg8', 'model', 8, 'ok', 'W-turbo', 1, 3, '2026-11-20T23:20:15.012Z', 1, 1433907554, 5.5791602308554396, 26918110900.753365, 11627219867.48108, 2767441579, 5735630, 1386588604, 5412189184, 4, 0, 2, 9, 2773176009, 11, 0, 4, 1.59375, 54.857, 5.0187, 59.8757, 41.1632, 6.857125, 5.145398, 38.257, 525001.4, 0.02267, 0.00283375);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 1, 'fraction_of_ceiling', 1.1964896438758585);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_j', 0.0258);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_j_per_token', 0.003225);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_net_j', 0.09);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 1, 'half_width_energy_package_net_j_per_token', 0.01125);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "packing", "bits_per_weight", "threads", "placement", "cpus", "phase", "phase_kind", "generate", "outcome", "warnings", "repetition", "position_in_run", "started_at", "iterations", "time_wall_ns", "rate_tokens_per_s", "rate_bytes_per_s", "rate_macs_per_s", "time_cpu_user_ns", "time_cpu_system_ns", "time_cpu_thread_ns", "memory_peak_rss_bytes", "page_faults_minor", "page_faults_major", "context_switches_voluntary", "context_switches_involuntary", "event_task_clock_ns", "event_context_switches", "event_cpu_migrations", "event_page_faults", "instructions_per_cycle", "energy_package_j", "energy_dram_j", "energy_cpu_mem_j", "energy_package_net_j", "energy_package_j_per_token", "energy_package_net_j_per_token", "power_package_w", "rate_tokens_per_kwh", "estimated_energy_arithmetic_j", "estimated_energy_arithmetic_j_per_token") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 'decode', 'bitnet-2b-4t', 'synthetic', '1', 2412820480, 2084044800, 'f16', 'f16', 'avx2', 'f16', 16, 2, 'pinned', '0 2', 'tg8', 'model', 8, 'ok', 'W-turbo', 2, 6, '2026-11-20T23:20:24.960Z', 1, 1417720013, 5.642863137038892, 27225462154.77597, 11759979577.857592, 2736199625, 5670880, 1370935252, 5412189184, 5, 0, 2, 14, 2741869305, 16, 0, 5, 1.59375, 54.2478, 4.962, 59.2098, 40.7086, 6.780975, 5.088572, 38.264, 530897.1, 0.02267, 0.00283375);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 2, 'fraction_of_ceiling', 1.1957120208167333);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_j', 0.0258);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_j_per_token', 0.003225);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_net_j', 0.09);
INSERT INTO tern_extra VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', 'bitnet-2b-4t/f16@avx2/t2/pinned/tg8', 2, 'half_width_energy_package_net_j_per_token', 0.01125);
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "packing", "bits_per_weight", "threads", "placement", "phase", "phase_kind", "generate", "outcome", "reason") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'paper-13b/simd@avx2/t2/pinned/tg8', 'decode', 'paper-13b', 'synthetic', '1', 12851712000, 12687769600, 'f16', 'simd', 'avx2', 'broadcast2', 2, 2, 'pinned', 'tg8', 'model', 8, 'failed', 'the kernel''s output differs from that of naive in layer 0, tensor qkv');
INSERT INTO tern_sample ("record", "record_started_at", "tool_version", "tool_commit", "suite", "machine", "cpu", "cell", "case", "model", "model_format", "model_seed", "parameters", "ternary_parameters", "head", "kernel", "isa", "threads", "placement", "phase", "phase_kind", "generate", "outcome", "reason") VALUES ('2026-11-20T23-20-05Z-decode-1a2b3c4', '2026-11-20T23:20:05Z', '0.1.0', '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d', 'decode', 'amd-epyc-7b13-a1f3', 'AMD EPYC 7B13', 'paper-13b/f16@avx2/t2/pinned/tg8', 'decode', 'paper-13b', 'synthetic', '1', 12851712000, 12687769600, 'f16', 'f16', 'avx2', 2, 'pinned', 'tg8', 'model', 8, 'skipped', 'needs 24.2 GiB, 13.1 GiB available');
COMMIT;
