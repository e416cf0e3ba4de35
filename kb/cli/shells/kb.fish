function __kb_complete
    set -l found (kb complete (commandline -opc)[2..-1] (commandline -ct | string unescape) 2>/dev/null)
    if set -q found[1]; printf '%s\n' $found; else; __fish_complete_path (commandline -ct); end
end
complete -c kb -f -a '(__kb_complete)'
