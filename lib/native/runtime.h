// What the operations share: TensorFlow's C interface for kernels, threads, bfloat16, random bits.
#pragma once
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace mrl {

// ── Threads ──────────────────────────────────────────────────────────────────────────────────────

/** Threads that wait for work; made once and never ended, as the process's last act would be to join them. */
class Pool {
 public:
  static Pool& get() {
    static Pool* pool = new Pool;
    return *pool;
  }

  /** Calls `work(0 … count − 1)`, each once, on all threads; returns when all are done. */
  void run(int64_t count, const std::function<void(int64_t)>& work) {
    if (count == 1 || workers_ == 0) {
      for (int64_t i = 0; i < count; i++) work(i);
      return;
    }
    std::lock_guard<std::mutex> one(caller_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      count_ = count;
      next_ = 0;
      busy_ = workers_;
      generation_++;
    }
    wake_.notify_all();
    take();
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
  }

 private:
  Pool() : workers_(std::max(1u, std::thread::hardware_concurrency()) - 1) {
    for (unsigned i = 0; i < workers_; i++) std::thread([this] { loop(); }).detach();
  }

  void take() {
    for (int64_t i; (i = next_++) < count_;) (*work_)(i);
  }

  void loop() {
    uint64_t seen = 0;
    for (;;) {
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return generation_ != seen; });
        seen = generation_;
      }
      take();
      std::lock_guard<std::mutex> lock(mutex_);
      if (--busy_ == 0) done_.notify_one();
    }
  }

  const unsigned workers_;
  std::mutex caller_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int64_t)>* work_ = nullptr;
  int64_t count_ = 0;
  std::atomic<int64_t> next_{0};
  unsigned busy_ = 0;
  uint64_t generation_ = 0;
};

/** Rows that one piece of work takes. Fixed, so that sums do not depend on the number of threads. */
constexpr int64_t kRows = 32;

/** Splits [0, rows) into pieces of kRows and calls `work(piece, first, last)`. */
template <class Work>
void overRows(int64_t rows, const Work& work) {
  Pool::get().run((rows + kRows - 1) / kRows, [&](int64_t piece) {
    work(piece, piece * kRows, std::min(rows, (piece + 1) * kRows));
  });
}

/** Sums that pieces of work make apart, added in their order at the end. */
class Partials {
 public:
  Partials(int64_t pieces, int64_t width) : pieces_(pieces), width_(width), values_(pieces * width) {}
  float* of(int64_t piece) { return values_.data() + piece * width_; }
  /** Writes the sum of columns [from, from + n). */
  void reduce(int64_t from, int64_t n, float* to) const {
    std::fill(to, to + n, 0.f);
    for (int64_t piece = 0; piece < pieces_; piece++) {
      const float* row = values_.data() + piece * width_ + from;
      for (int64_t j = 0; j < n; j++) to[j] += row[j];
    }
  }

 private:
  int64_t pieces_, width_;
  std::vector<float> values_;
};

/** A thread's memory for intermediate values, kept from call to call. */
class Scratch {
 public:
  /** Makes room for `floats` values and hands out from the beginning. */
  void reset(size_t floats) {
    used_ = 0;
    if (floats <= size_) return;
    std::free(data_);
    size_ = floats;
    data_ = static_cast<float*>(std::aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64));
    if (!data_) throw std::bad_alloc();
  }
  /** `floats` is a multiple of 16, so that every part is aligned. */
  float* take(size_t floats) {
    float* part = data_ + used_;
    used_ += floats;
    return part;
  }

 private:
  float* data_ = nullptr;
  size_t size_ = 0, used_ = 0;
};

inline Scratch& scratch() {
  thread_local Scratch own;
  return own;
}

// ── bfloat16: the upper half of a float32 ────────────────────────────────────────────────────────

struct bf16 {
  uint16_t bits;
};

inline float toFloat(float x) { return x; }

inline float toFloat(bf16 x) {
  uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
  float result;
  std::memcpy(&result, &bits, 4);
  return result;
}

template <class T>
T fromFloat(float x);

template <>
inline float fromFloat<float>(float x) {
  return x;
}

/** Rounded to the nearest, ties to even. */
template <>
inline bf16 fromFloat<bf16>(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  return {static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16)};
}

// ── Dropout ──────────────────────────────────────────────────────────────────────────────────────

/**
 * Handed on by value: the compiler then knows that no loop changes it, and makes one of many values at once.
 *
 * Decides which values are dropped from a key and the value's index alone, so that the backward pass and a
 * recomputation drop the same ones and no mask is kept. The mixer is that of a 32-bit hash of low bias.
 */
struct Dropout {
  uint32_t first = 0, second = 0, threshold = 0;
  float scale = 1;

  Dropout(const int32_t* key, float rate) {
    if (rate <= 0) return;
    first = static_cast<uint32_t>(key[0]);
    second = static_cast<uint32_t>(key[1]);
    threshold = static_cast<uint32_t>(static_cast<double>(rate) * 4294967296.0);
    scale = 1 / (1 - rate);
  }

  /** 0 for a dropped value, 1 / (1 − rate) for a kept one. */
  float factor(uint32_t index) const {
    uint32_t h = index ^ first;
    h ^= h >> 16;
    h *= 0x7feb352du;
    h ^= h >> 15;
    h += second;
    h *= 0x846ca68bu;
    h ^= h >> 16;
    return h >= threshold ? scale : 0.f;
  }

  bool on() const { return threshold > 0; }
};

/** Multiplies values that follow each other, the first of number `index`, by dropout's factors. */
inline void applyDropout(float* values, int64_t count, Dropout dropout, uint32_t index) {
  if (!dropout.on()) return;
#pragma omp simd
  for (int64_t j = 0; j < count; j++) values[j] *= dropout.factor(index + uint32_t(j));
}

// ── Kernels ──────────────────────────────────────────────────────────────────────────────────────

/** What a kernel reads and writes in one call. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {
    inputs_.resize(TF_NumInputs(context));
    for (size_t i = 0; i < inputs_.size(); i++)
      TF_GetInput(context, static_cast<int>(i), &inputs_[i], status_);
  }
  ~Call() {
    for (TF_Tensor* tensor : inputs_) TF_DeleteTensor(tensor);
    for (TF_Tensor* tensor : outputs_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;

  template <class T>
  const T* in(int i) const {
    return static_cast<const T*>(TF_TensorData(inputs_[i]));
  }
  int64_t dim(int i, int axis) const { return TF_Dim(inputs_[i], axis); }
  int64_t size(int i) const { return TF_TensorElementCount(inputs_[i]); }

  template <class T>
  T* out(int i, std::initializer_list<int64_t> shape) {
    int64_t count = 1;
    for (int64_t n : shape) count *= n;
    TF_Tensor* tensor = TF_AllocateOutput(context_, i, TF_ExpectedOutputDataType(context_, i),
                                          shape.begin(), static_cast<int>(shape.size()),
                                          count * sizeof(T), status_);
    if (TF_GetCode(status_) != TF_OK) throw std::bad_alloc();
    outputs_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

  void fail(const std::string& message) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message.c_str());
    TF_OpKernelContext_Failure(context_, status_);
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_, outputs_;
};

/** Attributes of an operation, read once. */
struct Attributes {
  bool isBf16 = false, stash = false;
  float rate = 0, epsilon = 0, beta1 = 0, beta2 = 0;
  int32_t heads = 0;
};

using Compute = void (*)(const Attributes&, Call&);

/** An operation's kernel for float32 or for bfloat16, by its attribute T. */
template <Compute WithFloat, Compute WithBf16>
void byType(const Attributes& attributes, Call& call) {
  attributes.isBf16 ? WithBf16(attributes, call) : WithFloat(attributes, call);
}

/** A kernel as TensorFlow makes it: once for each set of attributes. */
template <Compute compute>
struct Kernel {
  static void* create(TF_OpKernelConstruction* construction) {
    auto* read = new Attributes;
    TF_Status* status = TF_NewStatus();
    const auto has = [&](const char* name) {
      return TF_OpKernelConstruction_HasAttr(construction, name, status);
    };
    const auto readFloat = [&](const char* name, float* to) {
      if (has(name)) TF_OpKernelConstruction_GetAttrFloat(construction, name, to, status);
    };
    TF_DataType type = TF_FLOAT;
    if (has("T")) TF_OpKernelConstruction_GetAttrType(construction, "T", &type, status);
    read->isBf16 = type == TF_BFLOAT16;
    TF_Bool stash = false;
    if (has("stash")) TF_OpKernelConstruction_GetAttrBool(construction, "stash", &stash, status);
    read->stash = stash;
    if (has("heads"))
      TF_OpKernelConstruction_GetAttrInt32(construction, "heads", &read->heads, status);
    readFloat("rate", &read->rate);
    readFloat("epsilon", &read->epsilon);
    readFloat("beta1", &read->beta1);
    readFloat("beta2", &read->beta2);
    if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
    TF_DeleteStatus(status);
    return read;
  }

  static void run(void* attributes, TF_OpKernelContext* context) {
    Call call(context);
    try {
      compute(*static_cast<Attributes*>(attributes), call);
    } catch (const std::exception& error) {
      call.fail(error.what());
    }
  }

  static void destroy(void* attributes) { delete static_cast<Attributes*>(attributes); }
};

using Names = std::vector<std::string>;

/** Names an operation to TensorFlow and gives it a kernel for the CPU. */
template <Compute compute>
void registerOperation(const char* name, const Names& attributes, const Names& inputs,
                       const Names& outputs) {
  TF_OpDefinitionBuilder* operation = TF_NewOpDefinitionBuilder(name);
  for (const auto& attribute : attributes)
    TF_OpDefinitionBuilderAddAttr(operation, attribute.c_str());
  for (const auto& input : inputs) TF_OpDefinitionBuilderAddInput(operation, input.c_str());
  for (const auto& output : outputs) TF_OpDefinitionBuilderAddOutput(operation, output.c_str());
  TF_OpDefinitionBuilderSetShapeInferenceFunction(operation,
                                                  &TF_ShapeInferenceContextSetUnknownShape);
  TF_Status* status = TF_NewStatus();
  TF_RegisterOpDefinition(operation, status);
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", Kernel<compute>::create,
                                                 Kernel<compute>::run, Kernel<compute>::destroy);
  TF_RegisterKernelBuilder(name, kernel, status);
  if (TF_GetCode(status) != TF_OK)
    std::fprintf(stderr, "%s was not registered: %s\n", name, TF_Message(status));
  TF_DeleteStatus(status);
}

}  // namespace mrl
