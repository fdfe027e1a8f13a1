/**
 * The completion scripts. Each only passes the words to `mayday complete` and shows its answer, so that all shells offer the same.
 * They are our own because the library that was tried evaluates the words of the command line as shell text.
 */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_mayday() {
  local -a words
  local line word prefix value
  line="\${COMP_LINE:0:COMP_POINT}"
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  word="\${words[\${#words[@]}-1]}"
  # Bash takes "=" and ":" for the ends of words: only what is after them is replaced.
  prefix="\${word%"\${word##*[=:]}"}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "\${word#"$prefix"}")) ;;
      :16) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "\${word#"$prefix"}")) ;;
      :*) ;;
      *) value="\${line%%$'\\t'*}"; COMPREPLY+=("\${value#"$prefix"}") ;;
    esac
  done < <(mayday complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _mayday mayday
`,
  zsh: `#compdef mayday
_mayday() {
  local -a offered
  local line value
  for line in "\${(@f)$(mayday complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :0) _files ;;
      :16) _files -/ ;;
      :*|'') ;;
      *$'\\t'*) value="\${line%%$'\\t'*}"; offered+=("\${value//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) offered+=("\${line//:/\\\\:}") ;;
    esac
  done
  (( $#offered )) && _describe value offered
}
compdef _mayday mayday
`,
  fish: `function __mayday_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (mayday complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case ':0'
        __fish_complete_path (commandline -ct)
      case ':16'
        __fish_complete_directories (commandline -ct)
      case ':*'
      case '*'
        echo $line
    end
  end
end
complete -c mayday -f -a '(__mayday_complete)'
`,
  // Not a script of a shell: kubectl runs the program of this name to complete `kubectl mayday`, and understands its answer as it is.
  kubectl: `#!/bin/sh
exec kubectl-mayday complete -- "$@"
`,
};

/** The name of the file for each script in a release. */
export const fileOfScript = (shell: string): string =>
  shell === 'kubectl' ? 'kubectl_complete-mayday' : `completion.${shell}`;
