# Work trees of their own, for a commit and for the work tree as it is.  `beside` and `builds` source this, in the root of the
# repository; the work trees, and the folder around them, are removed when they end.

wrong() {
    echo "$0: $1" >&2
    exit 2
}

folder=$(mktemp -d)

close_trees() {
    local side
    for side in base now; do
        git worktree remove --force "$folder/$side" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap close_trees EXIT
trap 'exit 130' INT TERM

# The full name of a commit.
commit_of() {
    git rev-parse --verify --quiet "$1^{commit}" || wrong "there is no commit \`$1\`; the commit may be \`ef66946\`, for example"
}

# Makes $folder/base of the commit, unless that is empty, and $folder/now of the work tree.
open_trees() { # COMMIT
    local now others
    # Nothing if it does not differ from its commit.
    now=$(git -c user.name=nodes -c user.email=nodes@localhost stash create)
    others=$(git ls-files --others --exclude-standard -- ':!benches')
    [ -z "$others" ] || printf 'git does not know these files, so they are left out:\n%s\n' "$others"
    [ -z "$1" ] || git worktree add --quiet --detach "$folder/base" "$1"
    git worktree add --quiet --detach "$folder/now" "${now:-HEAD}"
}
