# Read by tst_ctl_completion: asks the completion of signalboxctl for each line of the input.
source <(signalboxctl completion bash)
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:@'
while IFS= read -r line; do
    COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=()
    piece='' kind='' start=1
    for ((n = 0; n <= ${#line}; n++)); do
        c=${line:n:1}
        case $c in
        ' '|'') now=blank ;;
        [:=@]) now=break ;;
        *) now=word ;;
        esac
        if [[ $now != "$kind" ]]; then
            [[ $kind == blank || -z $kind ]] || COMP_WORDS+=("$piece")
            piece=''
        fi
        kind=$now piece+=$c
    done
    case ${line: -1} in
    ' '|[:=@]) COMP_WORDS+=('') ;;
    esac
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _signalboxctl
    echo "${COMPREPLY[*]}"
done
