# Completes convoy's commands in bash.
_convoy() {
  local rest=${COMP_LINE:0:COMP_POINT} words=() word piece= i
  # bash splits words at colons and equals signs, which URLs have: join what has no blank between.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]}
    if ((i > 0)) && [[ -n $rest && $rest != [[:space:]]* ]]; then
      words[${#words[@]} - 1]+=$piece
    else
      rest=${rest#"${rest%%[![:space:]]*}"}
      words+=("$piece")
    fi
    rest=${rest#"$piece"}
  done
  word=${words[${#words[@]} - 1]}

  # Within quotes bash takes the word whole; else it replaces what stands behind the last break.
  local quote= head=
  case $word in
    \'* | \"*)
      quote=${word:0:1}
      word=${word:1}
      ;;
    *)
      local breaks=
      [[ $COMP_WORDBREAKS == *:* ]] && breaks+=:
      [[ $COMP_WORDBREAKS == *=* ]] && breaks+==
      [[ -n $breaks ]] && head=${word%"${word##*[$breaks]}"}
      ;;
  esac
  words[${#words[@]} - 1]=$word

  local kind= candidate
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    if [[ -z $kind ]]; then
      kind=$candidate
      continue
    fi
    candidate=${candidate#"$head"}
    [[ -n $quote ]] || printf -v candidate %q "$candidate"
    COMPREPLY+=("$candidate")
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
  case $kind in
    files) compopt -o default -o filenames 2>/dev/null ;;
    directories) compopt -o dirnames -o filenames 2>/dev/null ;;
  esac
}
complete -F _convoy convoy
