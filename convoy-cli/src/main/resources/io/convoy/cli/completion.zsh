#compdef convoy
# Completes convoy's commands in zsh.
_convoy() {
  local -a lines candidates
  local line kind
  lines=("${(@f)$("${words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  kind=${lines[1]}
  for line in "${(@)lines[2,-1]}"; do
    [[ -n $line ]] || continue
    # _describe wants "word:what it is".
    if [[ $line == *$'\t'* ]]; then
      candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    else
      candidates+=("${line//:/\\:}")
    fi
  done
  case $kind in
    files) _files ;;
    directories) _files -/ ;;
    *) _describe convoy candidates ;;
  esac
}
if [[ ${funcstack[1]} == _convoy ]]; then
  _convoy "$@"
else
  compdef _convoy convoy
fi
