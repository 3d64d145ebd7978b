// Options: the "--name value" words of a command line, in their order. Values; one thread.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

class Options
{
public:
    Options(int count, char** words)
    {
        for (int i = 1; i < count; ++i) {
            const std::string_view word = words[i];
            if (word.substr(0, 2) != "--")
                m_stray = word;
            else if (i + 1 < count && std::string_view(words[i + 1]).substr(0, 2) != "--")
                m_given.emplace_back(word.substr(2), words[++i]);
            else
                m_given.emplace_back(word.substr(2), "");
        }
    }
    const std::vector<std::pair<std::string, std::string>>& given() const { return m_given; }
    const std::string& stray() const { return m_stray; } // a value without a name

    bool has(std::string_view name) const
    {
        for (const auto& [given, value] : m_given) {
            if (given == name)
                return true;
        }
        return false;
    }
    std::string text(std::string_view name, std::string_view otherwise = {}) const
    {
        for (const auto& [given, value] : m_given) {
            if (given == name)
                return value;
        }
        return std::string(otherwise);
    }
    double number(std::string_view name, double otherwise) const
    {
        const std::string value = text(name);
        return value.empty() ? otherwise : std::strtod(value.c_str(), nullptr);
    }

private:
    std::vector<std::pair<std::string, std::string>> m_given;
    std::string m_stray;
};

} // namespace bench
