// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// Models of the test's own (tests/support/onnx_model.py), run by the library itself.

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "engines/onnx/model.hpp"
#include "files/test_directory.hpp"

namespace livedub::onnx {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class OnnxModel : public testing::Test {
  protected:
    void SetUp() override {
        const auto command = "/usr/bin/python3 " LIVEDUB_SOURCE_DIR
                             "/tests/support/onnx_model.py " +
                             directory_.path().string();
        ASSERT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    }

    [[nodiscard]] std::filesystem::path file(const std::string& name) const {
        return directory_.path() / (name + ".onnx");
    }

    [[nodiscard]] std::unique_ptr<const Model> load(const std::string& name) const {
        auto model = Model::load(file(name));
        EXPECT_TRUE(model.has_value()) << model.error().message();
        return model ? std::move(*model) : nullptr;
    }

  private:
    files::TestDirectory directory_;
};

Result<std::vector<Tensor>> run(const Model& model, const std::vector<NamedTensor>& inputs,
                                const std::vector<std::string>& outputs,
                                const std::stop_token& stop = {}) {
    return model.run(inputs, outputs, stop);
}

TEST_F(OnnxModel, ComputesWithEachKind) {
    const auto model = load("kinds");
    ASSERT_NE(model, nullptr);

    const auto made = run(*model,
                          {{"k", Tensor{std::vector<std::int64_t>{3, -4, 5}, {3}}},
                           {"flag", Tensor{true}},
                           {"x", Tensor{std::vector<float>{1.5F, 2, 3, 4}, {2, 2}}}},
                          {"otherwise", "doubled", "negative"});

    ASSERT_TRUE(made.has_value()) << made.error().message();
    ASSERT_EQ(made->size(), 3U);
    EXPECT_THAT((*made)[0].truths(), ElementsAre(false));
    EXPECT_THAT((*made)[1].floats(), ElementsAre(3.0F, 4.0F, 6.0F, 8.0F));
    EXPECT_THAT((*made)[1].shape(), ElementsAre(2, 2));
    EXPECT_THAT((*made)[2].integers(), ElementsAre(-3, 4, -5));
    EXPECT_THAT((*made)[2].floats(), IsEmpty());
    EXPECT_EQ((*made)[2].kind(), ElementKind::kInt64);
}

TEST_F(OnnxModel, SaysWhatItTakesAndGives) {
    const auto model = load("kinds");
    ASSERT_NE(model, nullptr);
    const std::vector<Port> inputs{{"x", ElementKind::kFloat, {-1, -1}},
                                   {"k", ElementKind::kInt64, {-1}},
                                   {"flag", ElementKind::kBool}};
    const std::vector<Port> outputs{{"doubled", ElementKind::kFloat}};
    const auto complaint = [&](std::vector<Port> in, std::vector<Port> out) {
        const auto expected = model->expect(in, out);
        return expected ? "none" : expected.error().message();
    };

    ASSERT_EQ(model->inputs().size(), 3U);
    EXPECT_EQ(model->inputs()[0].name, "x");
    EXPECT_THAT(model->inputs()[0].shape, ElementsAre(-1, -1));
    EXPECT_EQ(complaint(inputs, outputs), "none");
    EXPECT_THAT(complaint({inputs[0], inputs[1]}, {}), HasSubstr("input \"flag\""));
    EXPECT_THAT(complaint({inputs[0], {"k", ElementKind::kFloat}, inputs[2]}, {}),
                HasSubstr("\"k\" is int64 (expected: float)"));
    EXPECT_THAT(complaint({{"x", ElementKind::kFloat, {-1}}, inputs[1], inputs[2]}, {}),
                HasSubstr("\"x\" has 2 dimensions (expected: 1)"));
    EXPECT_THAT(complaint(inputs, {{"logits", ElementKind::kFloat}}),
                HasSubstr("no output \"logits\""));
}

TEST_F(OnnxModel, OutputsBecomeInputs) {
    const auto model = load("growing");
    ASSERT_NE(model, nullptr);
    Tensor cache{std::vector<float>{}, {0, 2}};

    for (const float value : {1.0F, 2.0F, 3.0F}) {
        const auto made = run(
            *model, {{"past", cache}, {"row", Tensor{std::vector<float>{value, -value}, {1, 2}}}},
            {"present"});
        ASSERT_TRUE(made.has_value()) << made.error().message();
        cache = made->front();
    }

    EXPECT_THAT(cache.floats(), ElementsAre(1, -1, 2, -2, 3, -3));
    EXPECT_THAT(cache.shape(), ElementsAre(3, 2));
}

TEST_F(OnnxModel, AWrongInputIsAnErrorAndTheNextRunIsFine) {
    const auto model = load("growing");
    ASSERT_NE(model, nullptr);
    const NamedTensor past{"past", Tensor{std::vector<float>{}, {0, 2}}};
    const NamedTensor row{"row", Tensor{std::vector<float>{1, 2}, {1, 2}}};
    const auto code = [&](const std::vector<NamedTensor>& inputs, const std::string& output) {
        const auto made = run(*model, inputs, {output});
        return made ? ErrorCode{} : made.error().code();
    };

    EXPECT_EQ(code({past}, "present"), ErrorCode::kInternal);
    EXPECT_EQ(code({past, row}, "logits"), ErrorCode::kInternal);
    EXPECT_EQ(code({past, {"row", Tensor{std::vector<float>(3), {1, 3}}}}, "present"),
              ErrorCode::kInternal);
    EXPECT_EQ(code({past, {"row", Tensor{std::vector<std::int64_t>(2), {1, 2}}}}, "present"),
              ErrorCode::kInternal);
    EXPECT_EQ(code({past, row}, "present"), ErrorCode{});
}

TEST_F(OnnxModel, StopsWhenAskedAndRunsAgain) {
    const auto endless = load("endless");
    const auto kinds = load("growing");
    ASSERT_TRUE(endless && kinds);
    const std::vector<NamedTensor> inputs{{"x", Tensor{std::vector<float>{0}, {1}}}};
    std::stop_source before;
    before.request_stop();
    std::stop_source during;
    std::chrono::steady_clock::time_point asked;

    const auto never = run(*endless, inputs, {"y"}, before.get_token());
    Result<std::vector<Tensor>> stopped = fail(ErrorCode::kInternal, "not run");
    {
        const std::jthread stopper{[&] {
            asked = std::chrono::steady_clock::now();
            during.request_stop();
        }};
        stopped = run(*endless, inputs, {"y"}, during.get_token());
    }

    ASSERT_FALSE(never.has_value());
    EXPECT_EQ(never.error().code(), ErrorCode::kCancelled);
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code(), ErrorCode::kCancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 1s);  // 100 ms and a busy machine
    EXPECT_TRUE(run(*kinds,
                    {{"past", Tensor{std::vector<float>{}, {0, 2}}},
                     {"row", Tensor{std::vector<float>{1, 2}, {1, 2}}}},
                    {"present"})
                    .has_value());
}

TEST_F(OnnxModel, MoreMemoryThanThereIsIsAnError) {
    const auto model = load("huge");
    ASSERT_NE(model, nullptr);

    const auto made =
        run(*model, {{"length", Tensor{std::vector<std::int64_t>{1LL << 50}, {1}}}}, {"y"});

    ASSERT_FALSE(made.has_value());
    EXPECT_THAT(made.error().code(), testing::AnyOf(ErrorCode::kExhausted, ErrorCode::kInternal));
}

TEST_F(OnnxModel, RefusesBadFiles) {
    const auto good = files::get_file(file("kinds"));
    const auto refused = [&](const std::string& bytes) {
        files::put_file(file("bad"), bytes);
        const auto model = Model::load(file("bad"));
        EXPECT_FALSE(model.has_value());
        return model ? "" : model.error().message();
    };

    for (std::size_t bytes = 0; bytes < good.size(); bytes += 7) {
        EXPECT_THAT(refused(good.substr(0, bytes)), HasSubstr(file("bad").string()));
    }
    auto unknown = good;
    unknown.replace(unknown.find("Mul"), 3, "Mux");
    EXPECT_THAT(refused(unknown), HasSubstr("Mux"));
    auto loop = good;  // reads its own output
    loop.replace(loop.find("x"), 1, "y");
    EXPECT_THAT(refused(loop), HasSubstr("cannot be loaded"));
    EXPECT_EQ(Model::load(file("absent")).error().code(), ErrorCode::kUnavailable);
}

/// Whatever a byte becomes, there is a model or an error, and no end of the program.
TEST_F(OnnxModel, SurvivesDamagedFiles) {
    const auto good = files::get_file(file("kinds"));
    std::size_t refused = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bytes = good;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x41);
        files::put_file(file("bad"), bytes);
        refused += Model::load(file("bad")).has_value() ? 0U : 1U;
    }
    EXPECT_GT(refused, good.size() / 4);
}

TEST_F(OnnxModel, ManyThreadsRunOne) {
    const auto model = load("growing");
    ASSERT_NE(model, nullptr);
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            const auto value = static_cast<float>(thread);
            for (int round = 0; round < 50; ++round) {
                const auto made = run(*model,
                                      {{"past", Tensor{std::vector<float>{value, 1}, {1, 2}}},
                                       {"row", Tensor{std::vector<float>{value, 2}, {1, 2}}}},
                                      {"present"});
                ASSERT_TRUE(made.has_value()) << made.error().message();
                EXPECT_THAT(made->front().floats(), ElementsAre(value, 1, value, 2));
            }
        });
    }
}

}  // namespace
}  // namespace livedub::onnx
