#!/usr/bin/env bash
# One shard of a suite per task of an array, on one node, one after the other:
#
#   sbatch --nodelist=node017 Examples/slurm-array.sh Suites/threads.toml
#   sbatch --dependency=afterany:JOB --wrap 'tern merge parts-JOB -o Results/'
#
# A shard that is missing is run again with the number of shards that it was one of:
#
#   sbatch --nodelist=node017 --array=3 --export=ALL,SHARDS=8,PARTS=parts-JOB Examples/slurm-array.sh Suites/threads.toml
#
#SBATCH --job-name=tern
#SBATCH --array=1-8%1
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --exclusive
#SBATCH --time=02:00:00
set -euo pipefail

suite="${1:?usage: sbatch slurm-array.sh SUITE}"
shards="${SHARDS:-$SLURM_ARRAY_TASK_MAX}"
parts="${PARTS:-parts-$SLURM_ARRAY_JOB_ID}"

exec "${TERN:-tern}" run "$suite" --shard "$SLURM_ARRAY_TASK_ID/$shards" -o "$parts"
