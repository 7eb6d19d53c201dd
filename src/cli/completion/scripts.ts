/** What shells call: `syn-deploy completion words -- WORD… CURRENT`; see `renderCompletion` for what it prints. */
const bash = `# Completion of syn-deploy for bash: source it, or put it into ~/.local/share/bash-completion/completions/syn-deploy
_syn_deploy() {
  # bash takes words apart at "=" and ":"; here they are as they stand on the line.
  local line=\${COMP_LINE:0:COMP_POINT} current text description files=
  local -a typed
  read -r -a typed <<<"$line"
  [[ $line == *[[:space:]] ]] && typed+=('')
  current=\${typed[\${#typed[@]}-1]}
  # What bash itself takes for the beginning of the word is not to be repeated.
  local kept=
  [[ $current == *[=:]* ]] && kept=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r text description; do
    if [[ $text == :files ]]; then files=1; else COMPREPLY+=("\${text#"$kept"}"); fi
  done < <("\${typed[0]}" completion words -- "\${typed[@]:1}" 2>/dev/null)
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "\${current##*=}")
  elif [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _syn_deploy syn-deploy
`;

const zsh = `#compdef syn-deploy
# Completion of syn-deploy for zsh: put it into a folder of $fpath as _syn-deploy, or source it after compinit
_syn-deploy() {
  local text description files=
  local -a texts shown
  while IFS=$'\\t' read -r text description; do
    if [[ $text == :files ]]; then
      files=1
    else
      texts+=("$text")
      shown+=("$text\${description:+  -- $description}")
    fi
  done < <("\${words[1]}" completion words -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if [[ -n $files ]]; then
    compset -P '*='
    _files
  else
    compadd -l -d shown -a texts
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _syn-deploy "$@"; else compdef _syn-deploy syn-deploy; fi
`;

const fish = `# Completion of syn-deploy for fish: put it into ~/.config/fish/completions/syn-deploy.fish
function __syn_deploy_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for line in ($typed[1] completion words -- $typed[2..-1] "$current" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (string replace -r '^--[a-z-]+=' '' -- "$current")
        else
            echo -- "$line"
        end
    end
end
complete -c syn-deploy -f -a '(__syn_deploy_complete)'
`;

/** Scripts that teach shells to complete, by the shell's name. */
export const completionScripts: Readonly<Record<string, string>> = { bash, zsh, fish };
