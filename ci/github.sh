#!/usr/bin/env bash
# Runs the command of the action (../action.yml). The inputs come in CFPLAN_ACTION_* variables,
# because a shell would execute a value that is written into a script.
set -euo pipefail

case "$CFPLAN_ACTION_PLAN" in
  /*)
    echo "::error title=cfplan::plan-file must be relative to the working directory."
    exit 1
    ;;
esac
flags=(-chdir="$CFPLAN_ACTION_DIR")
more=()
if [ -n "$CFPLAN_ACTION_ALLOW_DESTROY" ]; then more+=(-allow-destroy="$CFPLAN_ACTION_ALLOW_DESTROY"); fi
while read -r line; do # read removes the spaces around the line
  if [ -n "$line" ]; then more+=("$line"); fi
done <<<"$CFPLAN_ACTION_ARGS"

# summarized reports whether this step has written the job's summary. A failed plan has not.
summarized() { [ -n "${GITHUB_STEP_SUMMARY-}" ] && [ -s "$GITHUB_STEP_SUMMARY" ]; }

# The token of a pull request from a fork may not post comments. Its plan is still in the summary.
comment() {
  local where=""
  if summarized; then where=" The plan is in the job's summary."; fi
  cfplan comment "${flags[@]}" -key="$CFPLAN_ACTION_KEY" "$@" ||
    echo "::warning title=cfplan::The comment could not be posted: see the log.$where"
}

# ended reports statuses that are not results of cfplan, because it crashed or was killed.
ended() {
  case "$1" in
    0 | 1 | 2 | 3) ;;
    130 | 143) echo "::error title=cfplan: interrupted::cfplan was interrupted (status $1)." ;;
    *) echo "::error title=cfplan: crash::cfplan crashed with status $1. The job may have run out of memory; if not, this is a bug in cfplan: see the log." ;;
  esac
}

plan() {
  local status=0
  if [ -n "$CFPLAN_ACTION_FAIL_ON" ]; then more+=(-fail-on="$CFPLAN_ACTION_FAIL_ON"); fi
  more+=(-minimal-refresh="$CFPLAN_ACTION_MINIMAL")
  rm -f "$CFPLAN_ACTION_DIR/$CFPLAN_ACTION_PLAN"
  cfplan plan "${flags[@]}" -format=github -out="$CFPLAN_ACTION_PLAN" ${more[@]+"${more[@]}"} || status=$?
  ended "$status"
  # Comment even if the plan failed: a plan that fails because of its risks needs a reviewer.
  if [ "$CFPLAN_ACTION_COMMENT" = true ]; then
    if [ -e "$CFPLAN_ACTION_DIR/$CFPLAN_ACTION_PLAN" ]; then
      comment "$CFPLAN_ACTION_PLAN"
    else
      # Update the comment, because it still shows the plan of an earlier push.
      local note
      note=$(mktemp)
      printf '### cfplan: no plan could be made for %s\n\nThe log of the job says why.\n' "${GITHUB_SHA:-this commit}" >"$note"
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

# Drift means that something else changed a zone, or that the configuration was never applied.
drift() {
  local status=0
  cfplan plan "${flags[@]}" -format=github -detailed-exitcode ${more[@]+"${more[@]}"} || status=$?
  ended "$status"
  case "$status" in
    2) echo "::error title=cfplan: drift::The zones differ from the configuration: see the job's summary." ;;
    3) echo "::error title=cfplan: read-only::The zones could not be read live, so drift cannot be detected." ;;
  esac
  return "$status"
}

case "$CFPLAN_ACTION_COMMAND" in
  plan | apply | drift) "$CFPLAN_ACTION_COMMAND" ;;
  *)
    echo "::error title=cfplan::The command \"${CFPLAN_ACTION_COMMAND//[^a-z]/}\" does not exist; use plan, apply or drift."
    exit 1
    ;;
esac
