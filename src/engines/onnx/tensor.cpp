// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "engines/onnx/tensor.hpp"

#include <new>
#include <utility>

#include "base/check.hpp"
#include "engines/onnx/tensor_data.hpp"

namespace livedub::onnx {
namespace {

std::size_t places(const Shape& shape) {
    std::size_t count = 1;
    for (const auto length : shape) {
        LIVEDUB_CHECK(length >= 0);
        count *= static_cast<std::size_t>(length);
    }
    return count;
}

template <typename T>
Ort::Value view_of(T* values, std::size_t count, const Shape& shape) {
    try {
        static const auto kMemory =
            Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
        return Ort::Value::CreateTensor<T>(kMemory, values, count, shape.data(), shape.size());
    } catch (const Ort::Exception&) {
        throw std::bad_alloc{};  // the shape is right, so this is all that can be wrong
    }
}

template <typename T>
std::span<const T> numbers(const Tensor::Data& data, ElementKind kind) {
    return data.kind == kind ? std::span<const T>{data.value.GetTensorData<T>(), data.size}
                             : std::span<const T>{};
}

}  // namespace

std::string_view to_string(ElementKind kind) noexcept {
    switch (kind) {
        case ElementKind::kFloat:
            return "float";
        case ElementKind::kInt64:
            return "int64";
        case ElementKind::kBool:
            return "bool";
        case ElementKind::kOther:
            break;
    }
    return "another kind";
}

ElementKind kind_of(ONNXTensorElementDataType type) noexcept {
    switch (type) {
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT:
            return ElementKind::kFloat;
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64:
            return ElementKind::kInt64;
        case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL:
            return ElementKind::kBool;
        default:
            return ElementKind::kOther;
    }
}

Tensor::Tensor(std::vector<float> values, Shape shape) {
    LIVEDUB_CHECK(values.size() == places(shape));
    auto data = std::make_shared<Data>();
    data->kind = ElementKind::kFloat;
    data->size = values.size();
    values.reserve(1);  // the library wants an address, also of nothing
    data->floats = std::move(values);
    data->shape = std::move(shape);
    data->value = view_of(data->floats.data(), data->size, data->shape);
    data_ = std::move(data);
}

Tensor::Tensor(std::vector<std::int64_t> values, Shape shape) {
    LIVEDUB_CHECK(values.size() == places(shape));
    auto data = std::make_shared<Data>();
    data->kind = ElementKind::kInt64;
    data->size = values.size();
    values.reserve(1);
    data->integers = std::move(values);
    data->shape = std::move(shape);
    data->value = view_of(data->integers.data(), data->size, data->shape);
    data_ = std::move(data);
}

Tensor::Tensor(bool value) {
    auto data = std::make_shared<Data>();
    data->kind = ElementKind::kBool;
    data->size = 1;
    data->truth = std::make_unique<bool>(value);
    data->shape = {1};
    data->value = view_of(data->truth.get(), 1, data->shape);
    data_ = std::move(data);
}

Tensor::Tensor(std::shared_ptr<const Data> data) : data_{std::move(data)} {}

Tensor made_by_model(Ort::Value value) {
    auto data = std::make_shared<Tensor::Data>();
    const auto info = value.GetTensorTypeAndShapeInfo();
    data->kind = kind_of(info.GetElementType());
    data->shape = info.GetShape();
    data->size = info.GetElementCount();
    data->value = std::move(value);
    return Tensor{std::move(data)};
}

ElementKind Tensor::kind() const noexcept {
    return data_->kind;
}

const Shape& Tensor::shape() const noexcept {
    return data_->shape;
}

std::span<const float> Tensor::floats() const noexcept {
    return numbers<float>(*data_, ElementKind::kFloat);
}

std::span<const std::int64_t> Tensor::integers() const noexcept {
    return numbers<std::int64_t>(*data_, ElementKind::kInt64);
}

std::span<const bool> Tensor::truths() const noexcept {
    return numbers<bool>(*data_, ElementKind::kBool);
}

}  // namespace livedub::onnx
