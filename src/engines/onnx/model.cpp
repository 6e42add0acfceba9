// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/onnx/model.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <onnxruntime_cxx_api.h>

#include "base/mutex.hpp"
#include "engines/onnx/model_file.hpp"
#include "engines/onnx/runtime.hpp"
#include "engines/onnx/tensor_data.hpp"

namespace livedub::onnx {
namespace {

Port port_of(std::string name, const Ort::TypeInfo& type) {
    Port port{.name = std::move(name), .kind = ElementKind::kOther};
    if (type.GetONNXType() == ONNX_TYPE_TENSOR) {
        const auto tensor = type.GetTensorTypeAndShapeInfo();
        port.kind = kind_of(tensor.GetElementType());
        port.shape = tensor.GetShape();
    }
    return port;
}

/// What is otherwise than expected; empty when nothing is.
std::string difference(std::span<const Port> expected, const std::vector<Port>& there,
                       std::string_view what) {
    for (const auto& port : expected) {
        const auto found = std::ranges::find(there, port.name, &Port::name);
        if (found == there.end()) {
            return fmt::format("it has no {} \"{}\"", what, port.name);
        }
        if (found->kind != port.kind) {
            return fmt::format("its {} \"{}\" is {} (expected: {})", what, port.name,
                               to_string(found->kind), to_string(port.kind));
        }
        if (!port.shape.empty() && found->shape.size() != port.shape.size()) {
            return fmt::format("its {} \"{}\" has {} dimensions (expected: {})", what, port.name,
                               found->shape.size(), port.shape.size());
        }
    }
    return {};
}

/// Keeps what is written to std::cerr to itself.
class QuietErrors {
  public:
    QuietErrors() : kept_{std::cerr.rdbuf(nullptr)} {}
    ~QuietErrors() {
        std::cerr.rdbuf(kept_);
        std::cerr.clear();
    }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;

  private:
    std::streambuf* const kept_;
};

/// One at a time. At the first model the library of Debian forky says, in hundreds of lines, that
/// it knows its own operators twice, which does no harm. At others it says nothing, and on air
/// another thread may be writing there.
Ort::Session open(const std::filesystem::path& file) {
    Ort::SessionOptions options;
    options.DisablePerSessionThreads();
    options.DisableMemPattern();  // no two texts have one length
    static Mutex mutex;
    const MutexLock lock{mutex};
    static bool is_first = true;
    std::optional<QuietErrors> quiet;
    if (std::exchange(is_first, false)) {
        quiet.emplace();
    }
    return {environment(), file.c_str(), options};
}

/// Gives its turn back when it goes.
class Turn {
  public:
    explicit Turn(Turns& turns) : turns_{turns} {}
    ~Turn() { turns_.give_back(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    Turns& turns_;
};

}  // namespace

struct Model::Session {
    Ort::Session session{nullptr};

    [[nodiscard]] std::vector<Port> inputs() const {
        const Ort::AllocatorWithDefaultOptions allocator;
        std::vector<Port> ports;
        for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
            ports.push_back(port_of(session.GetInputNameAllocated(i, allocator).get(),
                                    session.GetInputTypeInfo(i)));
        }
        return ports;
    }

    [[nodiscard]] std::vector<Port> outputs() const {
        const Ort::AllocatorWithDefaultOptions allocator;
        std::vector<Port> ports;
        for (std::size_t i = 0; i < session.GetOutputCount(); ++i) {
            ports.push_back(port_of(session.GetOutputNameAllocated(i, allocator).get(),
                                    session.GetOutputTypeInfo(i)));
        }
        return ports;
    }
};

std::string runtime_version() {
    return Ort::GetVersionString();
}

Result<std::unique_ptr<const Model>> Model::load(const std::filesystem::path& file) {
    if (auto good = check_model_file(file); !good) {
        return tl::unexpected{std::move(good).error()};
    }
    auto model = guarded([&]() -> Result<std::unique_ptr<const Model>> {
        return std::unique_ptr<const Model>{
            new Model{std::make_unique<Session>(Session{.session = open(file)})}};
    });
    if (!model) {
        const bool is_memory = model.error().code() == ErrorCode::kExhausted;
        return fail(is_memory ? ErrorCode::kExhausted : ErrorCode::kInvalidArgument,
                    fmt::format("{} cannot be loaded: {}", file.string(), model.error().message()));
    }
    return model;
}

Model::Model(std::unique_ptr<Session> session)
    : session_{std::move(session)}, inputs_{session_->inputs()}, outputs_{session_->outputs()} {}

Model::~Model() = default;

Result<void> Model::expect(std::span<const Port> inputs, std::span<const Port> outputs) const {
    auto what = difference(inputs, inputs_, "input");
    if (what.empty()) {
        what = difference(outputs, outputs_, "output");
    }
    for (const auto& port : inputs_) {
        if (what.empty() && std::ranges::find(inputs, port.name, &Port::name) == inputs.end()) {
            what = fmt::format("it has an input \"{}\" that is not known", port.name);
        }
    }
    return what.empty() ? Result<void>{} : fail(ErrorCode::kInvalidArgument, std::move(what));
}

Result<std::vector<Tensor>> Model::run(std::span<const NamedTensor> inputs,
                                       std::span<const std::string> outputs,
                                       const std::stop_token& stop) const {
    auto& turns = Turns::of_process();
    if (!turns.take(stop)) {
        return fail(ErrorCode::kCancelled, "stopped");
    }
    const Turn turn{turns};
    auto made = guarded([&]() -> Result<std::vector<Tensor>> {
        std::vector<const char*> input_names;
        std::vector<const OrtValue*> values;
        for (const auto& input : inputs) {
            input_names.push_back(input.name.c_str());
            values.push_back(input.tensor.data().value);
        }
        std::vector<const char*> output_names;
        for (const auto& output : outputs) {
            output_names.push_back(output.c_str());
        }
        std::vector<OrtValue*> results(outputs.size(), nullptr);
        Ort::RunOptions options;
        {
            const std::stop_callback on_stop{
                stop, [&options]() noexcept {
                    // It sets a flag; the status is always "done".
                    Ort::GetApi().ReleaseStatus(Ort::GetApi().RunOptionsSetTerminate(options));
                }};
            Ort::ThrowOnError(Ort::GetApi().Run(session_->session, options, input_names.data(),
                                                values.data(), values.size(), output_names.data(),
                                                output_names.size(), results.data()));
        }
        std::vector<Ort::Value> owned;
        for (auto* result : results) {
            owned.emplace_back(result);
        }
        std::vector<Tensor> tensors;
        for (auto& value : owned) {
            tensors.push_back(made_by_model(std::move(value)));
        }
        return tensors;
    });
    if (!made && stop.stop_requested()) {
        return fail(ErrorCode::kCancelled, "stopped");
    }
    return made;
}

}  // namespace livedub::onnx
