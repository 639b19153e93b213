#!/usr/bin/env bash
# What the action (../action.yml) does with its inputs, which come in
# CFPLAN_ACTION_* variables: a value that were written into a script would be code.
set -euo pipefail

case "$CFPLAN_ACTION_PLAN" in
  /*)
    echo "::error title=cfplan::plan-file is relative to the working directory."
    exit 1
    ;;
esac
flags=(-chdir="$CFPLAN_ACTION_DIR")
more=()
if [ -n "$CFPLAN_ACTION_ALLOW_DESTROY" ]; then more+=(-allow-destroy="$CFPLAN_ACTION_ALLOW_DESTROY"); fi
while read -r line; do # without the spaces around it
  if [ -n "$line" ]; then more+=("$line"); fi
done <<<"$CFPLAN_ACTION_ARGS"

# summarized reports whether this step has written into the job's summary: a plan that failed has not.
summarized() { [ -n "${GITHUB_STEP_SUMMARY-}" ] && [ -s "$GITHUB_STEP_SUMMARY" ]; }

# A pull request from a fork has no token that may comment: the summary is there.
comment() {
  local where=""
  if summarized; then where=" The plan is in the job's summary."; fi
  cfplan comment "${flags[@]}" -key="$CFPLAN_ACTION_KEY" "$@" ||
    echo "::warning title=cfplan::The comment could not be posted: see the log.$where"
}

# ended says what a status means that is no result of cfplan's: it crashed, or it was killed.
ended() {
  case "$1" in
    0 | 1 | 2 | 3) ;;
    130 | 143) echo "::error title=cfplan: interrupted::cfplan was interrupted (status $1)." ;;
    *) echo "::error title=cfplan: crash::cfplan crashed with status $1, which is none of its results. The job may have run out of memory; if not, this is a mistake in cfplan: see the log." ;;
  esac
}

plan() {
  local status=0
  if [ -n "$CFPLAN_ACTION_FAIL_ON" ]; then more+=(-fail-on="$CFPLAN_ACTION_FAIL_ON"); fi
  more+=(-minimal-refresh="$CFPLAN_ACTION_MINIMAL")
  rm -f "$CFPLAN_ACTION_DIR/$CFPLAN_ACTION_PLAN"
  cfplan plan "${flags[@]}" -format=github -out="$CFPLAN_ACTION_PLAN" ${more[@]+"${more[@]}"} || status=$?
  ended "$status"
  # A plan that fails for its risks is the one to be looked at.
  if [ "$CFPLAN_ACTION_COMMENT" = true ]; then
    if [ -e "$CFPLAN_ACTION_DIR/$CFPLAN_ACTION_PLAN" ]; then
      comment "$CFPLAN_ACTION_PLAN"
    else
      # What an earlier push's comment shows is not what this one would do.
      local note
      note=$(mktemp)
      printf '### cfplan: no plan could be made of %s\n\nThe log of the job says why.\n' "${GITHUB_SHA:-this commit}" >"$note"
      comment -body-file="$note"
      rm -f "$note"
    fi
  fi
  return "$status"
}

apply() {
  local status=0
  cfplan apply "${flags[@]}" -lock-timeout=10m ${more[@]+"${more[@]}"} "$CFPLAN_ACTION_PLAN" || status=$?
  ended "$status"
  return "$status"
}

# Something was changed elsewhere, or the configuration was never applied.
drift() {
  local status=0
  cfplan plan "${flags[@]}" -format=github -detailed-exitcode ${more[@]+"${more[@]}"} || status=$?
  ended "$status"
  case "$status" in
    2) echo "::error title=cfplan: drift::The zones are not what the configuration declares: see the job's summary." ;;
    3) echo "::error title=cfplan: read-only::The zones could not be read live, so that nothing is known of drift." ;;
  esac
  return "$status"
}

case "$CFPLAN_ACTION_COMMAND" in
  plan | apply | drift) "$CFPLAN_ACTION_COMMAND" ;;
  *)
    echo "::error title=cfplan::There is no command \"${CFPLAN_ACTION_COMMAND//[^a-z]/}\"; it is plan, apply or drift."
    exit 1
    ;;
esac
