// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "contract/golden.hpp"

namespace livedub::contract {
namespace {

std::string first_difference(const std::string& expected, const std::string& actual) {
    std::istringstream left{expected};
    std::istringstream right{actual};
    std::string expected_line;
    std::string actual_line;
    for (int number = 1;; ++number) {
        const bool has_left = static_cast<bool>(std::getline(left, expected_line));
        const bool has_right = static_cast<bool>(std::getline(right, actual_line));
        if (!has_left && !has_right) {
            return "they differ in line ends only";
        }
        if (!has_left || !has_right || expected_line != actual_line) {
            return "line " + std::to_string(number) + "\n- " +
                   (has_left ? expected_line : "(end)") + "\n+ " +
                   (has_right ? actual_line : "(end)");
        }
    }
}

}  // namespace

void expect_golden(std::string_view name, std::string_view json) {
    const auto parsed = nlohmann::ordered_json::parse(json, nullptr, false);
    ASSERT_FALSE(parsed.is_discarded()) << "no JSON: " << json;
    const std::string actual = parsed.dump(2) + "\n";
    const std::filesystem::path path = std::filesystem::path{LIVEDUB_SOURCE_DIR} / "tests" /
                                       "data" / "golden" / "contract" /
                                       (std::string{name} + ".json");
    const char* const update = std::getenv("LIVEDUB_UPDATE_GOLDEN");
    if (update != nullptr && std::string_view{update} == "1") {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path} << actual;
        return;
    }
    std::ifstream file{path};
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(text.str() == actual)
        << path.string() << ", " << first_difference(text.str(), actual)
        << "\nRead the difference; if it is meant, run this again with LIVEDUB_UPDATE_GOLDEN=1.";
}

}  // namespace livedub::contract
